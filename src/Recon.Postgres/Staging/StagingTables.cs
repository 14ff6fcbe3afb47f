using Recon.Dataflow.Definition;
using Recon.Postgres.Catalog;
using Recon.Postgres.Wire;

namespace Recon.Postgres.Staging;

/// <summary>The names of everything that recon keeps in its schema.</summary>
internal sealed class StagingTables(string schema)
{
    /// <summary>Version of the staging layout; an attempt made under another one is not resumed.</summary>
    public const int Version = 3;

    public SqlName Schema { get; } = new(schema);

    public SqlTable Log => Table(OwnRelations.Log);

    public SqlTable Ledger => Table(OwnRelations.Ledger);

    public SqlTable Rejects => Table(OwnRelations.Rejects);

    public SqlTable Lease => Table(OwnRelations.Lease);

    public SqlTable Hashes => Table(OwnRelations.Hashes);

    public SqlTable History => Table(OwnRelations.History);

    public SqlTable Names => Table(OwnRelations.Names);

    public SqlTable Decisions => Table(OwnRelations.Decisions);

    public SqlTable DecisionHistory => Table(OwnRelations.DecisionHistory);

    public SqlTable Audit => Table(OwnRelations.Audit);

    public SqlTable PushPlan => Table(OwnRelations.PushPlan);

    public SqlTable PushItem => Table(OwnRelations.PushItem);

    public SqlTable PushApproval => Table(OwnRelations.PushApproval);

    public SqlTable PushLink => Table(OwnRelations.PushLink);

    public SqlTable PushPortal => Table(OwnRelations.PushPortal);

    public SqlTable Jobs => Table(OwnRelations.Jobs);

    public SqlTable Splits => Table(OwnRelations.Splits);

    /// <summary>A pipeline's staging table, which readers see.</summary>
    public SqlTable Published(StageBlockDefinition stage) => Table(stage.Table);

    /// <summary>What holds the rows of <see cref="Published"/>, which is a view of them; there is none where that is a table itself.</summary>
    public SqlTable Rows(StageBlockDefinition stage) => Table(stage.Table + "_rows");

    /// <summary>The table that a run fills before its result is published.</summary>
    public SqlTable Attempt(StageBlockDefinition stage, Guid runId) => Table($"{stage.Table}__{Suffix(runId)}");

    /// <summary>The table beside an attempt's own that takes the rows whose legacy id may have occurred before.</summary>
    public SqlTable Repeats(SqlTable attempt) => Table(attempt.Name.Value + "_r");

    /// <summary>What tells the attempts of one table apart.</summary>
    /// <returns>12 hexadecimal digits: the random end of the id, as its start is the time.</returns>
    public static string Suffix(Guid runId) => runId.ToString("N")[20..];

    /// <summary>A column of <see cref="RowLayout.Stored"/> with its type, as <c>create table</c> and <c>add column</c> take it.</summary>
    /// <remarks>The type is one of the constants of <see cref="CommonColumns"/> and <see cref="RowLayout"/>.</remarks>
    public static SqlText Declaration((string Name, string Type) column)
        => SqlText.Of($"{new SqlName(column.Name)} {SqlText.Trusted(column.Type)}");

    public SqlTable Table(string name) => new(Schema, new SqlName(name));
}
