//! The walk down the index that a lookup is.
//!
//! One step a byte, from the last label of the host to the first. Wherever a
//! label ends an entry for that domain may end, and the paths listed under it
//! begin. The walk stops where no key goes on, so it is never longer than the
//! longest key, whatever was asked.

use crate::key::{LabelsFromRight, PathBytes};
use crate::map::Section;
use fst::raw::{Fst, Node, Output};

/// One walk down the index.
pub(crate) struct Search<'a> {
    index: &'a Fst<Section>,
    path: &'a str,
    /// The longest host so far that is an entry: its set, and where it begins in the name.
    pub(crate) of_host: Option<(Output, usize)>,
    /// The longest path on the longest host so far: also how many bytes of the path it covers.
    pub(crate) of_path: Option<(Output, usize, usize)>,
}

impl<'a> Search<'a> {
    pub(crate) fn new(index: &'a Fst<Section>, path: &'a str) -> Search<'a> {
        Search {
            index,
            path,
            of_host: None,
            of_path: None,
        }
    }

    pub(crate) fn name(&mut self, name: &str) {
        let mut at = (self.index.root(), Output::zero());
        for (n, (start, label)) in LabelsFromRight::of(name).enumerate() {
            if n > 0 {
                let Some(next) = self.step(at, b'.') else {
                    return;
                };
                at = next;
            }
            for byte in label {
                let Some(next) = self.step(at, byte.to_ascii_lowercase()) else {
                    return;
                };
                at = next;
            }
            self.host_ends(at, start);
        }
    }

    pub(crate) fn address(&mut self, address: &[u8]) {
        let mut at = (self.index.root(), Output::zero());
        for &byte in address {
            let Some(next) = self.step(at, byte) else {
                return;
            };
            at = next;
        }
        self.host_ends(at, 0);
    }

    fn host_ends(&mut self, at: (Node<'a>, Output), start: usize) {
        if at.0.is_final() {
            self.of_host = Some((at.1.cat(at.0.final_output()), start));
        }
        let mut bytes = PathBytes::of(self.path);
        let mut at = at;
        while let Some(byte) = bytes.next() {
            let Some(next) = self.step(at, byte) else {
                return;
            };
            at = next;
            if at.0.is_final() && bytes.at_boundary() {
                self.of_path = Some((at.1.cat(at.0.final_output()), start, bytes.taken()));
            }
        }
    }

    fn step(&self, (node, sum): (Node<'a>, Output), byte: u8) -> Option<(Node<'a>, Output)> {
        let transition = node.transition(node.find_input(byte)?);
        Some((self.index.node(transition.addr), sum.cat(transition.out)))
    }
}
