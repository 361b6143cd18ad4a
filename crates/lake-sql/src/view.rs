//! A view as the engine reads it: the files of a manifest, as few of them as a question allows.

use std::sync::Arc;

use async_trait::async_trait;
use datafusion::arrow::datatypes::{DataType, Field, FieldRef, Schema, SchemaRef};
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::stats::Precision;
use datafusion::common::{DFSchema, ScalarValue, Statistics};
use datafusion::datasource::listing::PartitionedFile;
use datafusion::datasource::physical_plan::{FileGroup, FileScanConfigBuilder, ParquetSource};
use datafusion::datasource::source::DataSourceExec;
use datafusion::datasource::table_schema::TableSchema;
use datafusion::error::{DataFusionError, Result};
use datafusion::execution::object_store::ObjectStoreUrl;
use datafusion::logical_expr::utils::conjunction;
use datafusion::logical_expr::{Expr, TableProviderFilterPushDown, TableType};
use datafusion::physical_expr::PhysicalExpr;
use datafusion::physical_optimizer::pruning::{PruningPredicate, PruningPredicateBuilder};
use datafusion::physical_plan::ExecutionPlan;
use lake::manifest::FileMeta;
use lake::tables::Table;
use lake::{Lake, LakeError, Month};

use crate::prune::{Bound, Bounds, day};
use crate::views::{DAY, KIND, MONTH, Rows};

/// Where the engine is told to find the lake's objects.
pub(crate) const STORE: &str = "lake://files";

/// The rows of one view.
#[derive(Debug)]
pub(crate) struct View {
    lake: Arc<Lake>,
    rows: Rows,
    schema: TableSchema,
}

impl View {
    pub(crate) fn of(lake: Arc<Lake>, rows: Rows) -> Self {
        let text = |name| Arc::new(Field::new(name, DataType::Utf8View, false));
        let mut partition: Vec<FieldRef> = vec![
            text(MONTH),
            Arc::new(Field::new(DAY, DataType::Date32, false)),
        ];
        if rows.kind.is_none() && rows.table == Table::Event {
            partition.push(text(KIND));
        }
        let schema = TableSchema::builder(read_as(&rows.table.schema()))
            .with_table_partition_cols(partition)
            .build();
        Self { lake, rows, schema }
    }

    /// The files that may hold what is asked for, in the order of the days.
    async fn files(&self, asked: Option<&PruningPredicate>) -> Result<Vec<FileMeta>> {
        let months: Vec<Month> = self.lake.root().months.keys().copied().collect();
        let months = left(months, |month| Bound::month(*month), asked)?;
        let mut files = Vec::new();
        for month in months {
            let of_month = self.lake.month(month).await.map_err(external)?.files;
            files.extend(of_month.into_iter().filter(|file| self.rows.are_in(file)));
        }
        let mut files = left(files, Bound::file, asked)?;
        let version = self.rows.table.version();
        if let Some(later) = files.iter().find(|file| file.version > version) {
            let object = later.path.clone();
            return Err(external(LakeError::LaterVersion { object }));
        }
        files.sort_by_key(|file| (file.day, file.first));
        Ok(files)
    }

    fn partitioned(&self, file: &FileMeta) -> PartitionedFile {
        let text = |text: &str| ScalarValue::Utf8View(Some(text.to_owned()));
        let mut values = vec![
            text(&file.day.month().to_string()),
            ScalarValue::Date32(Some(day(file.day.date()))),
        ];
        if values.len() < self.schema.table_partition_cols().len() {
            values.push(text(file.kind.name()));
        }
        let mut partitioned = PartitionedFile::new(file.path.clone(), file.open.bytes);
        partitioned.partition_values = values;
        partitioned
    }
}

/// Those that may hold what is asked for.
fn left<T>(
    all: Vec<T>,
    bound: impl Fn(&T) -> Bound,
    asked: Option<&PruningPredicate>,
) -> Result<Vec<T>> {
    let Some(asked) = asked else { return Ok(all) };
    let bounds = Bounds(all.iter().map(bound).collect());
    let may = asked.prune(&bounds)?;
    let left = all.into_iter().zip(may).filter(|(_, may)| *may);
    Ok(left.map(|(one, _)| one).collect())
}

fn external(error: LakeError) -> DataFusionError {
    DataFusionError::External(Box::new(error))
}

/// Texts are compared where they lie, without being copied.
fn read_as(schema: &Schema) -> SchemaRef {
    let field = |field: &FieldRef| match field.data_type() {
        DataType::Utf8 => Arc::new(field.as_ref().clone().with_data_type(DataType::Utf8View)),
        _ => field.clone(),
    };
    Arc::new(Schema::new(
        schema.fields().iter().map(field).collect::<Vec<_>>(),
    ))
}

#[async_trait]
impl TableProvider for View {
    fn schema(&self) -> SchemaRef {
        self.schema.table_schema().clone()
    }

    fn table_type(&self) -> TableType {
        TableType::View
    }

    fn supports_filters_pushdown(
        &self,
        filters: &[&Expr],
    ) -> Result<Vec<TableProviderFilterPushDown>> {
        // Files are left out as wholes, so rows are looked at once more.
        Ok(vec![TableProviderFilterPushDown::Inexact; filters.len()])
    }

    async fn scan(
        &self,
        state: &dyn Session,
        projection: Option<&Vec<usize>>,
        filters: &[Expr],
        limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let schema = self.schema();
        let columns = DFSchema::try_from(schema.clone())?;
        let asked: Option<Arc<dyn PhysicalExpr>> = conjunction(filters.to_vec())
            .map(|filter| state.create_physical_expr(filter, &columns))
            .transpose()?;
        let mut source = ParquetSource::new(self.schema.clone());
        let mut pruning = None;
        if let Some(asked) = asked {
            source = source.with_predicate(asked.clone());
            let pruning_of = PruningPredicateBuilder::new().with_file_schema(schema.clone());
            pruning = Some(pruning_of.try_build(asked)?);
        }
        let files = self.files(pruning.as_ref()).await?;
        let mut statistics = Statistics::new_unknown(&schema);
        let rows: u64 = files.iter().map(|file| file.rows).sum();
        let rows = usize::try_from(rows).unwrap_or(usize::MAX);
        statistics.num_rows = match filters.is_empty() {
            true => Precision::Exact(rows),
            false => Precision::Inexact(rows),
        };
        let files = FileGroup::new(files.iter().map(|file| self.partitioned(file)).collect());
        let groups = files.split_files(state.config().target_partitions());
        let config = FileScanConfigBuilder::new(ObjectStoreUrl::parse(STORE)?, Arc::new(source))
            .with_file_groups(groups)
            .with_projection_indices(projection.cloned())?
            .with_limit(limit)
            .with_statistics(statistics)
            .build();
        Ok(DataSourceExec::from_data_source(config))
    }
}
