//! Putting together what decisions are worked out from: pack, register, site lists, known files.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use content::malware::{ReadSignaturesError, Signatures};
use correspondence::{Correspondence, Found};
use decision_point::adopted::{AdoptError, Adopted};
use decision_point::information::InformationPoint;
use jiff::Timestamp;
use register::snapshot::{ReadRegisterError, Snapshot};
use sha2::{Digest, Sha256};
use site_categories::{Live, OpenError};

use crate::config::{Config, MailConfig};
use crate::correction;
use crate::data_dir::DataDir;
use crate::failure::{self, Failure};
use crate::known_files::KnownFiles;
use crate::packs::{self, FindPackError};
use crate::people::People;

/// Why it could not be put together.
#[derive(Debug, thiserror::Error)]
pub(crate) enum GatherError {
    /// The pack.
    #[error(transparent)]
    Pack(#[from] FindPackError),
    /// The pack's hours or time zone.
    #[error("the pack cannot be used here")]
    Adopt(#[from] AdoptError),
    /// The register file.
    #[error("cannot read the register `{path}`")]
    RegisterFile {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// What is in the register.
    #[error(transparent)]
    Register(#[from] ReadRegisterError),
    /// The site lists.
    #[error("the site lists cannot be used; build them with `probity categories build`")]
    Lists(#[from] OpenError),
    /// A file of signatures.
    #[error("cannot read the signatures `{path}`")]
    SignatureFile {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// What is in the signatures.
    #[error("the signatures of malicious code cannot be used")]
    Signatures(#[from] ReadSignaturesError),
}

/// Loads and prepares a pack.
pub(crate) fn adopt(pack: &str) -> Result<Adopted, GatherError> {
    Ok(Adopted::new(Arc::new(packs::load(pack)?))?)
}

/// Reads the register file, and gives the SHA-256 of its text with it.
pub(crate) fn register(path: &Path) -> Result<(Snapshot, String), GatherError> {
    let text = std::fs::read_to_string(path).map_err(|source| GatherError::RegisterFile {
        path: path.to_owned(),
        source,
    })?;
    let version = Sha256::digest(&text)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    Ok((Snapshot::parse(&text)?, version))
}

/// The signatures of malicious code in these files; `None` leaves the built-in ones.
pub(crate) fn signatures(files: &[PathBuf]) -> Result<Option<Signatures>, GatherError> {
    if files.is_empty() {
        return Ok(None);
    }
    let read = |path: &PathBuf| {
        std::fs::read_to_string(path).map_err(|source| GatherError::SignatureFile {
            path: path.clone(),
            source,
        })
    };
    let texts = files.iter().map(read).collect::<Result<Vec<_>, _>>()?;
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let signatures = Signatures::parse(&texts)?;
    if signatures.not_understood() > 0 {
        tracing::warn!(
            used = signatures.len(),
            left_out = signatures.not_understood(),
            "some signatures use what is not understood here and are left out"
        );
    }
    Ok(Some(signatures))
}

/// The site lists a configuration names, if it names any.
pub(crate) fn lists(config: &Config) -> Result<Option<Live>, GatherError> {
    Ok(config.categories.as_deref().map(Live::open).transpose()?)
}

/// Has offence told by the corrected model, if there is a correction. One that cannot be used leaves the
/// model as it was trained: mail does not wait for it, also when a new version of the program has a
/// new model.
pub(crate) fn correct(information: &InformationPoint, data: &DataDir) {
    match correction::read(&data.correction()) {
        Ok(correction) => {
            let corrected = correction.as_ref().map(content::offence::corrected);
            information.judge_offence_by(corrected);
        }
        Err(error) => {
            let why = failure::chain(&error);
            tracing::error!(why, "offence is told without the correction");
        }
    }
}

/// Has earlier mail remembered. Without a memory nothing is held against anybody, so mail does not wait
/// for one that cannot be used.
pub(crate) fn remember(information: &mut InformationPoint, mail: &MailConfig, data: &DataDir) {
    let limits = mail.memory.limits();
    match Correspondence::open(&data.correspondence(), &limits, Timestamp::now()) {
        Ok((correspondence, found)) => {
            let trusted_from = correspondence.trusted_from();
            match found {
                Found::Nothing | Found::Whole => {
                    tracing::info!(%trusted_from, "earlier mail is remembered");
                }
                Found::Stale | Found::Damaged => tracing::warn!(
                    ?found,
                    %trusted_from,
                    "the memory of earlier mail may lack something and gathers anew"
                ),
            }
            information.remember_in(correspondence);
        }
        Err(error) => {
            let why = failure::chain(&error);
            tracing::error!(why, "earlier mail is not remembered");
        }
    }
}

/// The memory of earlier mail as the gate keeps it, to look at.
fn look_into_memory(information: &mut InformationPoint, config: &Config) {
    let Some(mail) = &config.mail else {
        return;
    };
    let folder = DataDir::new(&config.data_dir).correspondence();
    match Correspondence::read(&folder, &mail.memory.limits(), Timestamp::now()) {
        Ok(Some(correspondence)) => information.remember_in(correspondence),
        Ok(None) => (),
        Err(error) => {
            let why = failure::chain(&error);
            tracing::warn!(why, "nothing is said of earlier mail");
        }
    }
}

/// Has known files recognised, if there is a register of them. One that cannot be used leaves them
/// unrecognised: mail does not wait for it.
pub(crate) fn recognise(information: &InformationPoint, files: &KnownFiles) {
    match files.index(Timestamp::now()) {
        Ok(index) => information.recognise(index),
        Err(error) => {
            let why = failure::chain(&error);
            tracing::error!(why, "no registered document, work or game is recognised");
        }
    }
}

/// The people a configuration names, as they are now.
pub(crate) fn people(config: &Config, adopted: &Adopted) -> Result<Snapshot, Failure> {
    match (&config.register, &config.people) {
        (Some(path), _) => Ok(register(path)?.0),
        (None, Some(people)) => {
            let data = DataDir::new(&config.data_dir);
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()?;
            let opening = People::open(people, adopted.pack().clone(), &data);
            Ok(runtime.block_on(opening)?.1)
        }
        (None, None) => Ok(Snapshot::default()),
    }
}

/// Everything a configuration names, as it is now.
pub(crate) fn gather(config: &Config) -> Result<InformationPoint, Failure> {
    let adopted = adopt(&config.pack)?;
    let register = people(config, &adopted)?;
    let mut information = InformationPoint::new(adopted, register, lists(config)?);
    if let Some(signatures) = signatures(&config.signatures)? {
        information.look_for(signatures);
    }
    correct(&information, &DataDir::new(&config.data_dir));
    look_into_memory(&mut information, config);
    recognise(&information, &KnownFiles::of(config));
    Ok(information)
}
