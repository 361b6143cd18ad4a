//! `[desk]` of the configuration: where tools reach the desk gate, and which there are.

use std::net::SocketAddr;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use desk_gate::Settings;
use desk_gate::tools::{May, Tool};
use register::assets::{Assets, ReadAssetsError};
use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::failure;

/// Longest name of a tool: it stands in every entry.
const LONGEST_NAME: usize = 64;

/// Most bytes of an asset register: some 200 for each row that is read.
const LARGEST_ASSETS: u64 = 64 * 1024 * 1024;

/// The desk gate.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct DeskConfig {
    /// Where tools reach it.
    pub(crate) listen: SocketAddr,
    /// The asset register.
    #[serde(default)]
    pub(crate) assets: Option<PathBuf>,
    /// Page logs of print servers on this machine.
    #[serde(default)]
    pub(crate) page_logs: Vec<PathBuf>,
    /// Networks for equipment that is not the council's.
    #[serde(default)]
    pub(crate) guest_networks: Vec<String>,
    /// The tools.
    #[serde(default, rename = "tool")]
    pub(crate) tools: Vec<ToolConfig>,
}

/// A tool. Its token is in a file of its own, not in the configuration.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ToolConfig {
    pub(crate) name: String,
    pub(crate) token_file: PathBuf,
    pub(crate) may: Vec<May>,
}

/// Why the desk gate cannot be set up.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DeskError {
    /// A token's file cannot be read.
    #[error("the token of `{tool}` cannot be read from `{path}`")]
    TokenFile {
        tool: String,
        path: PathBuf,
        #[source]
        source: std::io::Error,
    },
    /// A token cannot be used.
    #[error("the token of `{tool}` in `{path}` cannot be used: {why}")]
    Token {
        tool: String,
        path: PathBuf,
        why: String,
    },
    /// The asset register's file cannot be read.
    #[error("the asset register `{path}` cannot be read")]
    AssetsFile {
        path: PathBuf,
        #[source]
        source: std::io::Error,
    },
    /// The asset register is larger than any is.
    #[error("the asset register `{path}` has more than {LARGEST_ASSETS} bytes")]
    AssetsTooLarge { path: PathBuf },
    /// The asset register cannot be used.
    #[error("`{path}`: {source}")]
    Assets {
        path: PathBuf,
        source: ReadAssetsError,
    },
}

impl DeskConfig {
    /// What contradicts itself in it.
    pub(crate) fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        if !self.listen.ip().is_loopback() {
            problems.push(
                "[desk] listen is not on this machine alone: tokens and what people write would \
                 travel in the clear. Listen on 127.0.0.1, and end TLS in a web server in front for \
                 tools on other machines"
                    .to_owned(),
            );
        }
        if self.tools.is_empty() {
            problems.push("[desk] has no [[desk.tool]], so nobody could ask".to_owned());
        }
        for (n, tool) in self.tools.iter().enumerate() {
            let name = &tool.name;
            if name.is_empty() || name.len() > LONGEST_NAME {
                problems.push(format!(
                    "[[desk.tool]] {} needs a name of at most {LONGEST_NAME} bytes",
                    n + 1
                ));
            }
            if self.tools[..n].iter().any(|other| other.name == *name) {
                problems.push(format!("[[desk.tool]] `{name}` is there twice"));
            }
            if tool.may.is_empty() {
                problems.push(format!("[[desk.tool]] `{name}` may ask about nothing"));
            }
        }
        if self.tool_for(May::Join).is_some() && self.assets.is_none() {
            problems.push(
                "[desk] has a tool that asks about devices and no `assets`: nothing would be known \
                 of any device, and every one would join"
                    .to_owned(),
            );
        }
        problems
    }

    /// What is wrong with the files it names.
    pub(crate) fn faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        let mut tools: Vec<Tool> = Vec::new();
        for config in &self.tools {
            match config.open() {
                Ok(tool) => {
                    if let Some(other) = tools.iter().find(|other| other.is_like(&tool)) {
                        faults.push(format!(
                            "`{}` and `{}` have the same token: give each its own",
                            other.name(),
                            tool.name()
                        ));
                    }
                    tools.push(tool);
                }
                Err(error) => faults.push(failure::chain(&error)),
            }
            if is_open_to_all(&config.token_file) {
                faults.push(format!(
                    "the token in `{}` can be read by everybody here; close it with chmod 640",
                    config.token_file.display()
                ));
            }
        }
        let assets = self.assets.as_deref().map(read_assets);
        faults.extend(assets.and_then(Result::err).map(|e| failure::chain(&e)));
        faults
    }

    /// The first tool that may ask about this.
    pub(crate) fn tool_for(&self, may: May) -> Option<&ToolConfig> {
        self.tools.iter().find(|tool| tool.may.contains(&may))
    }

    /// What the gate is told.
    pub(crate) fn settings(&self) -> Result<Settings, DeskError> {
        let tools = self.tools.iter().map(ToolConfig::open);
        Ok(Settings {
            tools: tools.collect::<Result<_, _>>()?,
            guest_networks: self.guest_networks.clone(),
            ..Settings::default()
        })
    }
}

impl ToolConfig {
    fn open(&self) -> Result<Tool, DeskError> {
        let (tool, path) = (self.name.clone(), self.token_file.clone());
        let token = match std::fs::read_to_string(&path) {
            Ok(token) => token,
            Err(source) => return Err(DeskError::TokenFile { tool, path, source }),
        };
        Tool::new(&self.name, &token, &self.may).map_err(|error| DeskError::Token {
            tool,
            path,
            why: error.to_string(),
        })
    }
}

/// One that cannot be looked at is told of elsewhere.
fn is_open_to_all(path: &Path) -> bool {
    std::fs::metadata(path).is_ok_and(|meta| meta.mode() & 0o007 != 0)
}

/// Reads an asset register, and gives it with its version: SHA-256, hexadecimal.
pub(crate) fn read_assets(path: &Path) -> Result<(Assets, String), DeskError> {
    let unreadable = |source| DeskError::AssetsFile {
        path: path.to_owned(),
        source,
    };
    let bytes = std::fs::metadata(path).map_err(unreadable)?.len();
    if bytes > LARGEST_ASSETS {
        return Err(DeskError::AssetsTooLarge {
            path: path.to_owned(),
        });
    }
    let text = std::fs::read(path).map_err(unreadable)?;
    let version = Sha256::digest(&text);
    let version = version.iter().map(|byte| format!("{byte:02x}")).collect();
    let assets = Assets::parse(&text).map_err(|source| DeskError::Assets {
        path: path.to_owned(),
        source,
    })?;
    Ok((assets, version))
}
