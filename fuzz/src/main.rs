//! Runs one target under libFuzzer: which one is `FUZZ_TARGET`, its arguments are libFuzzer's own. It begins with
//! the target's samples, which it puts into the folder `FUZZ_CORPUS`.

#![no_main]

use std::path::PathBuf;
use std::sync::LazyLock;

use fuzz::Target;
use libfuzzer_sys::fuzz_target;

static TARGET: LazyLock<&Target> = LazyLock::new(|| {
    let name = std::env::var("FUZZ_TARGET").unwrap_or_default();
    fuzz::target(&name).unwrap_or_else(|| {
        let names: Vec<_> = fuzz::TARGETS.iter().map(|target| target.name).collect();
        eprintln!("FUZZ_TARGET is one of: {}", names.join(", "));
        std::process::exit(2)
    })
});

fuzz_target!(
    init: put_samples(),
    |bytes: &[u8]| (TARGET.run)(bytes)
);

/// Before libFuzzer looks into the folder.
fn put_samples() {
    let Some(folder) = std::env::var_os("FUZZ_CORPUS").map(PathBuf::from) else {
        return;
    };
    for (n, sample) in TARGET.samples.iter().enumerate() {
        if let Err(error) = std::fs::write(folder.join(format!("sample-{n}")), sample) {
            eprintln!("{}: {error}", folder.display());
            std::process::exit(2);
        }
    }
}
