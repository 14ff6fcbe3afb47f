using Npgsql;
using Recon.Dataflow.Definition;
using Recon.Postgres.Catalog;
using Recon.Postgres.Staging;

namespace Recon.Postgres.Queries;

/// <summary>What the staged updates would do to HubSpot, property by property.</summary>
/// <param name="Matched">Records with one HubSpot record.</param>
/// <param name="WithChanges">Those of them with at least one update.</param>
/// <param name="Properties">The properties with updates, the most frequent first.</param>
internal sealed record StagedChanges(string Pipeline, long Matched, long WithChanges, IReadOnlyList<PropertyChanges> Properties)
{
    /// <summary>Reads the updates of the published result.</summary>
    /// <param name="property">Only this property; <see langword="null"/> for all.</param>
    /// <param name="most">Most transitions of a property that are told one by one; the others are counted.</param>
    /// <exception cref="StagingException">There is no staging table.</exception>
    public static async Task<StagedChanges> ReadAsync(
        NpgsqlConnection connection, StagingTables tables, ValidPipeline pipeline, string? property, int most, CancellationToken token)
    {
        SqlTable table = tables.Published(pipeline.Stage);
        await new StagingReader(connection, tables).RequireAsync(table, token);
        (long matched, long changed) = (await SqlText.Of($"""
            select count(*), count(*) filter (where properties_to_update <> jsonb_build_object())
            from {table} where reconciliation_status = 'matched'
            """).ListAsync(connection, row => (row.GetInt64(0), row.GetInt64(1)), token))[0];
        return new StagedChanges(pipeline.Name, matched, changed, await PropertiesAsync(connection, table, pipeline.Stage, property, most, token));
    }

    /// <summary>The same, by property, in one scan of the table.</summary>
    /// <inheritdoc cref="ReadAsync"/>
    public static async Task<IReadOnlyList<PropertyChanges>> PropertiesAsync(
        NpgsqlConnection connection, SqlTable table, StageBlockDefinition stage, string? property, int most, CancellationToken token)
    {
        // Each update with what HubSpot holds now. Nothing and an empty text are the same to HubSpot.
        List<(PropertyChanges Property, Transition? Transition)> lines = await SqlText.Of($"""
            with updates as (
                select change.key as property, nullif(row.previous_values ->> change.key, '') as old, nullif(change.value, '') as new,
                    row.{new SqlName(stage.LegacyId)}::text as id
                from {table} row, lateral jsonb_each_text(row.properties_to_update) change
                where row.reconciliation_status = 'matched' and ($1::text is null or change.key = $1)),
            transitions as (select property, old, new, count(*) as times, {SampleIds.Of(SqlText.Of($"id"))} as ids from updates group by property, old, new),
            placed as (
                select *, sum(times) over whole as changes, sum(times) filter (where old is null) over whole as fills,
                    sum(times) filter (where new is null) over whole as clears,
                    row_number() over (partition by property order by times desc, old collate "C" nulls first, new collate "C" nulls first) as place
                from transitions window whole as (partition by property))
            select property, changes::int8, coalesce(fills, 0)::int8, coalesce(clears, 0)::int8, old, new, times, ids, place <= $2 from placed
            where place <= greatest($2, 1) order by changes desc, property, place
            """).ListAsync(
                connection,
                row => (
                    new PropertyChanges(row.GetString(0), row.GetInt64(1), row.GetInt64(2), row.GetInt64(3)),
                    row.GetBoolean(8) ? new Transition(row[4] as string, row[5] as string, row.GetInt64(6), SampleIds.Read(row, 7)) : null),
                token,
                SqlValue.Of(property),
                SqlValue.Of(most));
        return
        [
            .. lines.GroupBy(line => line.Property.Property, StringComparer.Ordinal)
                .Select(of => of.First().Property with { Transitions = [.. of.Select(line => line.Transition).OfType<Transition>()] }),
        ];
    }
}

/// <param name="Changes">Records whose property would change.</param>
/// <param name="Fills">Those of them where HubSpot has nothing.</param>
/// <param name="Clears">Those of them after which HubSpot has nothing.</param>
internal sealed record PropertyChanges(string Property, long Changes, long Fills, long Clears)
{
    /// <summary>Those where one value takes the place of another.</summary>
    public long Overwrites => Changes - Fills - Clears;

    /// <summary>The most frequent pairs of values, the most frequent first.</summary>
    public IReadOnlyList<Transition> Transitions { get; init; } = [];

    /// <summary>Records with another pair of values.</summary>
    public long Others => Changes - Transitions.Sum(transition => transition.Count);
}

/// <param name="From">What HubSpot holds; <see langword="null"/> for nothing.</param>
/// <param name="To">What it would hold.</param>
/// <param name="LegacyIds">Some of the records.</param>
internal sealed record Transition(string? From, string? To, long Count, IReadOnlyList<string> LegacyIds);
