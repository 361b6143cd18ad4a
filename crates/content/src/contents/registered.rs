//! What is registered, and games, among what is gathered.

use super::gather::{Gather, Place};
use super::{GameFile, MOST_FINDINGS};
use crate::finding::{Evidence, Hit};
use crate::known_files::{Extent, Found};
use crate::media::{self, PartKind};
use crate::passages::{Passage, Role};

/// What one file is known as.
pub(super) struct KnownFile<'a> {
    path: String,
    registered: Option<Found<'a>>,
    game: Option<&'static str>,
}

impl<'a> Gather<'a> {
    /// What a file is known as, if anything.
    pub(super) fn recognise(
        &self,
        path: &str,
        bytes: &[u8],
        extent: Extent,
    ) -> Option<KnownFile<'a>> {
        let files = self.known.files;
        let registered = files.and_then(|files| files.of_file(bytes, extent));
        let game = media::game_format(bytes);
        (registered.is_some() || game.is_some()).then(|| KnownFile {
            path: path.to_owned(),
            registered,
            game,
        })
    }

    /// Notes what a file of a part is known as.
    pub(super) fn known_file(&mut self, part: &str, file: KnownFile<'a>) {
        let path = file.path;
        if let Some(format) = file.game {
            self.game(part, &path, Evidence::File(format.to_owned()));
        }
        if let Some(found) = file.registered {
            let place = Place {
                part,
                file: &path,
                role: Role::File,
            };
            self.registered(place, found);
        }
    }

    /// Looks for registered text in a text. `passages` say whose words stand where; without any they are
    /// whose `place` says.
    pub(super) fn registered_text(&mut self, place: Place<'_>, text: &str, passages: &[Passage]) {
        let Some(files) = self.known.files else {
            return;
        };
        for found in files.in_text(text) {
            let at = found.span.start;
            let passage = passages.iter().find(|passage| passage.span.contains(&at));
            let role = passage.map_or(place.role, |passage| passage.role);
            self.registered(Place { role, ..place }, found);
        }
    }

    /// Notes something registered. Its words are not quoted: whoever looks at a finding need not be
    /// somebody who may read the document.
    fn registered(&mut self, place: Place<'_>, found: Found<'_>) {
        let evidence = Evidence::Registered {
            reference: found.reference.to_owned(),
            owner: found.owner.map(str::to_owned),
            how: found.how,
        };
        match found.class.label() {
            Some(label) => {
                let hit = Hit {
                    label,
                    confidence: found.confidence,
                    span: found.span,
                    evidence,
                };
                self.add(place, "", hit);
            }
            None => self.game(place.part, place.file, evidence),
        }
    }

    fn game(&mut self, part: &str, file: &str, by: Evidence) {
        self.contents.kinds.insert(PartKind::Game);
        let game = GameFile {
            part: part.to_owned(),
            file: file.to_owned(),
            by,
        };
        let games = &mut self.contents.games;
        if games.len() < MOST_FINDINGS && !games.contains(&game) {
            games.push(game);
        }
    }
}
