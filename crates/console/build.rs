//! Templates, assets and rules are compiled in: a new file has to make the crate build again.

fn main() {
    for folder in ["templates", "assets", "access"] {
        println!("cargo::rerun-if-changed={folder}");
    }
}
