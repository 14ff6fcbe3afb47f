using System.Text;
using System.Text.Json;
using Npgsql;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Diff;
using Recon.Dataflow.Lookup;
using Recon.Dataflow.Plan;
using Recon.Dataflow.Text;
using Recon.Dataflow.Values;
using Recon.Postgres.Catalog;
using Recon.Postgres.Connections;
using Recon.Postgres.Lookups;

namespace Recon.Postgres.Queries.Review;

/// <summary>
/// Compares a staged record with HubSpot records of the mirror by the code of a run: conversions, comparisons and policies are those of the
/// definition. What a staged row does not hold is not known here: columns that only a condition reads, and lengths at which texts were cut.
/// </summary>
internal sealed class StagedComparison
{
    private readonly ReconciliationPlan _plan;
    private readonly MirrorTable _table;
    private readonly int _match;

    private StagedComparison(ReconciliationPlan plan, MirrorTable table)
    {
        (_plan, _table) = (plan, table);
        _match = plan.Definition.Lookups.Index().First(each => each.Item.Role == LookupRole.Match).Index;
    }

    public IReadOnlyList<PropertyPlan> Properties => _plan.Properties;

    /// <exception cref="MirrorException">The mirror is not as the definition says.</exception>
    public static async Task<StagedComparison> OpenAsync(
        NpgsqlConnection connection, ValidDefinition definition, ValidPipeline pipeline, string baseDirectory, CancellationToken token)
    {
        SqlTable name = SqlTable.Parse(pipeline.Match.Table);
        MirrorTable table = await MirrorCatalog.FindAsync(connection, name, token) ?? throw MirrorException.MissingTable(name);
        HashSet<string> absent = [.. PipelineColumns.Of(pipeline).OptionalMirror.Where(column => table.Find(column) is null)];
        var context = new ConversionContext(definition.Defaults, baseDirectory, definition.AllowPathsOutside);
        return new StagedComparison(ReconciliationPlan.Compile(pipeline, context, new HashSet<string>(), absent), table);
    }

    /// <summary>Reads HubSpot records of the mirror by their ids.</summary>
    public async Task<LookupAnswer> ReadAsync(ReconDataSources sources, IReadOnlyList<long> ids, CancellationToken token)
    {
        ValidLookup match = _plan.Definition.Match;
        LookupQuery query = LookupQuery.Build(_table, KeyRule.ById(_table, match.Id), match.Id, [.. _plan.Columns.Mirror.Select(Present)], []);
        using var keys = BatchKeys.Of(ids);
        await using NpgsqlCommand command = query.Text.On(sources.Lookup, [query.Keys.Parameter(keys)]);
        byte[] rows = await command.ExecuteScalarAsync(token) as byte[] ?? [];
        byte[] bytes = PooledArray.Rent(Math.Max(rows.Length, 1));
        rows.CopyTo(bytes, 0);
        return RecordSendReader.Read(query, _table.Table.Display, match.Id, bytes, rows.Length, keys);
    }

    /// <summary>Compares a staged record with a HubSpot record, or with none.</summary>
    /// <param name="legacyProperties">The raw values, as they are staged.</param>
    /// <param name="parents">The HubSpot ids that were found for its parents, by lookup.</param>
    /// <param name="rows">HubSpot records; <see langword="null"/> for none.</param>
    /// <param name="row">The one to compare with.</param>
    public IReadOnlyList<PropertyVerdict> Compare(
        string legacyId, string legacyProperties, IReadOnlyDictionary<string, long> parents, MirrorRows? rows, int row)
    {
        using var batch = new RecordBatch(1, _plan.Columns.Source, 1);
        Fill(batch, legacyId, legacyProperties);
        foreach ((int index, ValidLookup lookup) in _plan.Definition.Lookups.Index())
        {
            batch.Answers.Add(
                index == _match && rows is not null ? new LookupAnswer(rows, [0, 1], [row])
                : lookup.Role == LookupRole.Parent && parents.TryGetValue(lookup.Label, out long id) ? new LookupAnswer(MirrorRows.OfIds([id], 1), [0, 1], [0])
                : new LookupAnswer(MirrorRows.OfIds([0], 0), [0, 0], []));
        }

        var differ = new PropertyDiffer(_plan, new Utf8Scratch());
        List<PropertyVerdict> verdicts = [];
        differ.Diff(batch, 0, rows, row, new StringBuilder(), verdicts);

        // Only what was made here goes: the rows are another answer's, and arrays of one element are in no pool.
        batch.Answers.Clear();
        return verdicts;
    }

    // What the table lacks may be optional: no property that is compared reads it, and any other column keeps its place.
    private string Present(string column)
        => _table.Find(column) is null && _plan.Columns.OptionalMirror.Contains(column) ? _plan.Definition.Match.Key : column;

    private void Fill(RecordBatch batch, string legacyId, string legacyProperties)
    {
        using JsonDocument document = JsonDocument.Parse(legacyProperties);
        batch.AddRow(0, 0);
        for (int column = 0; column < _plan.Columns.Source.Count; column++)
        {
            string? value = column == _plan.IdColumn ? legacyId
                : document.RootElement.TryGetProperty(_plan.Columns.Source.Names[column], out JsonElement held) ? held.GetString() : null;
            batch.AddField(column, Encoding.UTF8.GetBytes(value ?? ""));
        }
    }
}
