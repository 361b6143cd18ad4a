//! The asset register: taken up when it changes.

use super::{Stamp, Watched, Work};
use crate::desk;
use crate::failure;

impl Work {
    /// Nothing when the file has not changed. One that is gone or does not read is tried again.
    pub(super) fn take_up_assets(&mut self) -> Option<Result<(), String>> {
        let Watched { path, taken } = self.assets.as_mut()?;
        let stamp = match Stamp::of(path) {
            Ok(stamp) if *taken == Some(stamp) => return None,
            Ok(stamp) => stamp,
            Err(error) => return Some(Err(error.to_string())),
        };
        Some(match desk::read_assets(path) {
            Ok((assets, version)) => {
                *taken = Some(stamp);
                self.point.information().know_assets(Some(assets));
                self.note("asset-register", &version)
            }
            Err(error) => Err(failure::chain(&error)),
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use crate::data_dir::DataDir;
    use crate::upkeep::tests::work_beside;

    #[test]
    fn a_replaced_asset_register_is_taken_up_and_a_broken_one_leaves_the_old() {
        let folder = tempfile::tempdir().unwrap();
        let data = DataDir::new(&folder.path().join("data"));
        let file = folder.path().join("assets.csv");
        std::fs::write(&file, "hardware_address,number\n02-00-00-00-00-01,A-1\n").unwrap();
        let mut work = work_beside(&data, Some(file.clone()), Vec::new());
        assert_eq!(work.take_up_assets(), Some(Ok(())));
        assert_eq!(work.take_up_assets(), None);
        let broken = "hardware_address,number\nnonsense,A-1\n";
        std::fs::write(&file, broken).unwrap();
        let why = work.take_up_assets().unwrap().unwrap_err();
        assert!(
            why.contains("line 2: `nonsense` is no hardware address"),
            "{why}"
        );
        std::fs::write(&file, "hardware_address,number\n").unwrap();
        assert_eq!(work.take_up_assets(), Some(Ok(())));
        std::fs::remove_file(&file).unwrap();
        assert!(work.take_up_assets().unwrap().is_err());
    }
}
