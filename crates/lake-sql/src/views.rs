//! Which views there are: `web`, `mail` and `matter` of those kinds; `event` of all others together; and one
//! for each other kind there is, named by it with `_` in place of `-`.

use std::collections::BTreeSet;

use lake::manifest::FileMeta;
use lake::tables::{Column, Table, Type};
use lake::{Kind, Lake, LakeError};

/// Columns every view has beside its table's: the partition rows lie in.
pub(crate) const MONTH: &str = "month";
pub(crate) const DAY: &str = "day";
/// And `event`, which has several kinds.
pub(crate) const KIND: &str = "kind";

/// Which rows a view has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Rows {
    pub(crate) table: Table,
    /// Only those of this kind.
    pub(crate) kind: Option<Kind>,
}

impl Rows {
    /// Whether a file holds some of them.
    pub(crate) fn are_in(&self, file: &FileMeta) -> bool {
        file.table == self.table.name() && self.kind.as_ref().is_none_or(|kind| *kind == file.kind)
    }

    /// The rows of the view of this name, where there is such a view. To know the kinds there are, months are
    /// looked through from the last one back.
    pub(crate) async fn named(lake: &Lake, name: &str) -> Result<Option<Self>, LakeError> {
        if let Some(table) = Table::named(name) {
            return Ok(Some(Self { table, kind: None }));
        }
        let Ok(kind) = name.replace('_', "-").parse::<Kind>() else {
            return Ok(None);
        };
        let rows = Self {
            table: Table::Event,
            kind: Some(kind),
        };
        for month in lake.root().months.keys().rev() {
            if lake
                .month(*month)
                .await?
                .files
                .iter()
                .any(|f| rows.are_in(f))
            {
                return Ok(Some(rows));
            }
        }
        Ok(None)
    }
}

/// The names of all views.
pub(crate) async fn names(lake: &Lake) -> Result<Vec<String>, LakeError> {
    let mut kinds = BTreeSet::new();
    for month in lake.root().months.keys() {
        let files = lake.month(*month).await?.files;
        let events = files.into_iter().filter(|f| f.table == Table::Event.name());
        kinds.extend(events.map(|file| file.kind.name().replace('-', "_")));
    }
    let tables = Table::ALL.map(|table| table.name().to_owned());
    kinds.retain(|kind| !tables.contains(kind));
    Ok(tables.into_iter().chain(kinds).collect())
}

/// A view, for people who want to ask it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Described {
    /// Its name.
    pub name: String,
    /// Its columns, each with what it holds.
    pub columns: Vec<(&'static str, &'static str)>,
}

/// All views with their columns.
pub(crate) async fn described(lake: &Lake) -> Result<Vec<Described>, LakeError> {
    let names = names(lake).await?;
    let described = names.into_iter().map(|name| {
        let table = Table::named(&name).unwrap_or(Table::Event);
        let columns = open_columns(table).map(|column| (column.name, in_words(column.holds)));
        let mut columns: Vec<_> = columns.collect();
        columns.extend([(MONTH, "month, such as 2026-11"), (DAY, "day")]);
        if name == Table::Event.name() {
            columns.push((KIND, "text"));
        }
        Described { name, columns }
    });
    Ok(described.collect())
}

/// The columns of a table that lie open.
pub(crate) fn open_columns(table: Table) -> impl Iterator<Item = &'static Column> {
    table.columns().iter().filter(|column| !column.sealed)
}

fn in_words(holds: Type) -> &'static str {
    match holds {
        Type::Number => "number",
        Type::Time => "moment, UTC",
        Type::Text => "text",
        Type::Flag => "true or false",
        Type::Pseudonym => "pseudonym",
    }
}
