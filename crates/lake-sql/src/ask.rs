//! From the text of a question to a plan: nothing but questions, and only of views.

use std::sync::Arc;

use datafusion::dataframe::DataFrame;
use datafusion::error::DataFusionError;
use datafusion::execution::disk_manager::{DiskManagerBuilder, DiskManagerMode};
use datafusion::execution::memory_pool::GreedyMemoryPool;
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion::prelude::{SQLOptions, SessionConfig, SessionContext};
use datafusion::sql::parser::Statement;
use datafusion::sql::sqlparser::ast;
use lake::Lake;
use url::Url;

use crate::error::AskError;
use crate::view::{STORE, View};
use crate::views::{self, Described, Rows};

/// Longest question, in bytes: it stands on the record.
const LONGEST: usize = 8192;

/// The stack a thread needs that understands or answers questions: they can be as deep as they are long.
pub const STACK_BYTES: usize = 32 << 20;

/// What a question may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// What the engine may gather in memory, in megabytes: groups, sorted rows, sides of joins. Nothing is
    /// written to a disk. What it reads at a time comes on top, some 50 MB.
    pub megabytes: usize,
    /// Threads that work on it.
    pub threads: usize,
}

/// The lake at one manifest, ready to be asked.
pub struct Questions {
    lake: Arc<Lake>,
    bounds: Bounds,
    session: SessionContext,
}

/// A question that was understood. Nothing of the lake's rows was read for it yet.
pub struct Question {
    pub(crate) plan: DataFrame,
    /// It is about the plan or the columns, not about rows: a limit has no meaning.
    pub(crate) is_about_itself: bool,
    pub(crate) megabytes: usize,
}

impl Questions {
    /// Of a lake as it stands; what is added later is not seen.
    pub fn of(lake: Lake, bounds: Bounds) -> Result<Self, AskError> {
        let memory = bounds.megabytes.saturating_mul(1 << 20);
        let runtime = RuntimeEnvBuilder::new()
            .with_memory_pool(Arc::new(GreedyMemoryPool::new(memory)))
            .with_disk_manager_builder(
                DiskManagerBuilder::default().with_mode(DiskManagerMode::Disabled),
            )
            .build_arc();
        let understood = |error| AskError::of(error, bounds.megabytes);
        let mut config = SessionConfig::new()
            .with_target_partitions(bounds.threads.max(1))
            .with_information_schema(true);
        let options = config.options_mut();
        // Our files have no index of pages.
        options.execution.parquet.enable_page_index = false;
        let session = SessionContext::new_with_config_rt(config, runtime.map_err(understood)?);
        let store = Url::parse(STORE)
            .map_err(|error| understood(DataFusionError::External(Box::new(error))))?;
        session.register_object_store(&store, lake.store().objects().clone());
        Ok(Self {
            lake: Arc::new(lake),
            bounds,
            session,
        })
    }

    /// The number of the manifest it stands at.
    pub fn manifest(&self) -> u64 {
        self.lake.root().sequence
    }

    /// The name of the record the lake is filled from.
    pub fn record(&self) -> &str {
        &self.lake.root().record
    }

    /// All views with their columns.
    pub async fn described(&self) -> Result<Vec<Described>, AskError> {
        Ok(views::described(&self.lake).await?)
    }

    /// Understands a question, or says what is wrong with it. Reads manifests and nothing else.
    pub async fn understand(&self, sql: &str) -> Result<Question, AskError> {
        if sql.len() > LONGEST {
            return Err(AskError::TooLong {
                bytes: sql.len(),
                most: LONGEST,
            });
        }
        let of = |error| AskError::of(error, self.bounds.megabytes);
        let state = self.session.state();
        let dialect = state.config_options().sql_parser.dialect;
        let statement = match state.sql_to_statement(sql, &dialect) {
            // Several statements, the engine says.
            Err(DataFusionError::NotImplemented(_)) => return Err(AskError::NotAQuestion),
            statement => statement.map_err(of)?,
        };
        let is_about_itself = match Asks::of(&statement).ok_or(AskError::NotAQuestion)? {
            Asks::Rows => false,
            Asks::Plan => true,
            Asks::Views => {
                for name in views::names(&self.lake).await? {
                    self.view(&name).await?;
                }
                true
            }
        };
        for reference in state.resolve_table_references(&statement).map_err(of)? {
            match reference.schema() {
                Some("information_schema") => (),
                None | Some("public") => self.view(reference.table()).await?,
                Some(_) => return Err(self.no_table(&reference.to_string()).await?),
            }
        }
        let plan = self
            .session
            .state()
            .statement_to_plan(statement)
            .await
            .map_err(of)?;
        let only_questions = SQLOptions::new()
            .with_allow_ddl(false)
            .with_allow_dml(false)
            .with_allow_statements(false);
        if only_questions.verify_plan(&plan).is_err() {
            return Err(AskError::NotAQuestion);
        }
        Ok(Question {
            plan: DataFrame::new(self.session.state(), plan),
            is_about_itself,
            megabytes: self.bounds.megabytes,
        })
    }

    /// Makes a view known to the engine.
    async fn view(&self, name: &str) -> Result<(), AskError> {
        let of = |error| AskError::of(error, self.bounds.megabytes);
        if self.session.table_exist(name).map_err(of)? {
            return Ok(());
        }
        let rows = Rows::named(&self.lake, name).await?;
        let Some(rows) = rows else {
            return Err(self.no_table(name).await?);
        };
        let view = Arc::new(View::of(self.lake.clone(), rows));
        self.session.register_table(name, view).map_err(of)?;
        Ok(())
    }

    async fn no_table(&self, name: &str) -> Result<AskError, AskError> {
        Ok(AskError::NoTable {
            name: name.to_owned(),
            there: views::names(&self.lake).await?.join(", "),
        })
    }
}

/// What a statement asks about.
enum Asks {
    /// Rows of views.
    Rows,
    /// How it would be answered, or the columns of one view.
    Plan,
    /// Which views there are.
    Views,
}

impl Asks {
    /// Nothing for what is not a question.
    fn of(statement: &Statement) -> Option<Self> {
        match statement {
            Statement::Statement(statement) => match **statement {
                ast::Statement::Query(_) => Some(Self::Rows),
                ast::Statement::ExplainTable { .. } => Some(Self::Plan),
                ast::Statement::ShowTables { .. } | ast::Statement::ShowColumns { .. } => {
                    Some(Self::Views)
                }
                _ => None,
            },
            Statement::Explain(explained) => match Self::of(&explained.statement)? {
                Self::Rows => Some(Self::Plan),
                _ => None,
            },
            _ => None,
        }
    }
}
