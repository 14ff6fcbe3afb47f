using System.Globalization;
using System.Text;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Plan;
using Recon.Dataflow.Text;
using Recon.Dataflow.Values;

namespace Recon.Dataflow.Lookup;

/// <summary>
/// A lookup over rows in memory, for tests of definitions. It finds what the SQL lookup finds, with every column a
/// text: empty and null are the same, and ranges compare numbers where both sides are some.
/// </summary>
internal sealed class InMemoryLookup : ILookup
{
    private readonly KeySelector _select;
    private readonly string _key;
    private readonly IReadOnlyList<string> _columns;
    private readonly KeyReader _read;
    private readonly IReadOnlyList<IReadOnlyDictionary<string, string?>> _rows;

    private InMemoryLookup(
        ValidLookup lookup,
        ReconciliationPlan plan,
        ConversionContext context,
        int index,
        IReadOnlyList<IReadOnlyDictionary<string, string?>> rows)
    {
        ValidPipeline pipeline = plan.Definition;
        Definition = lookup;
        _select = KeySelectors.For(plan, context, index);
        _key = lookup.Key;
        _read = KeyReaders.For(lookup, context);
        _columns = lookup.Role == LookupRole.Parent ? [] : plan.Columns.Mirror;
        Columns = TextRows.Typed(_columns);
        _rows = [.. rows.Where(row => lookup.Where.All(condition => InMemoryCondition.Holds(condition, row))
            && (lookup.Role != LookupRole.Fallback || InMemoryCondition.Value(row, pipeline.Match.Key).Length == 0))];
    }

    public ValidLookup Definition { get; }

    public IReadOnlyList<MirrorColumn> Columns { get; }

    /// <summary>Makes the lookups of a pipeline.</summary>
    /// <param name="context">Defaults and folder, for the conversions of keys.</param>
    /// <param name="tables">The mirror: rows by table, values by column.</param>
    /// <returns>The lookups, in the order of the definition.</returns>
    public static IReadOnlyList<ILookup> CreateAll(
        ReconciliationPlan plan,
        ConversionContext context,
        IReadOnlyDictionary<string, IReadOnlyList<IReadOnlyDictionary<string, string?>>> tables)
        => [.. plan.Definition.Lookups.Select((lookup, index) =>
        {
            string table = lookup.Table;
            var rows = tables.TryGetValue(table, out IReadOnlyList<IReadOnlyDictionary<string, string?>>? given) ? given : [];
            var one = new InMemoryLookup(lookup, plan, context, index, rows);
            return lookup is { Role: LookupRole.Fallback, On.Count: > 1 } ? new AgreeingLookup(one, plan, context) : (ILookup)one;
        })];

    public ValueTask<LookupAnswer> FindAsync(RecordBatch batch, CancellationToken cancellationToken)
    {
        using var keys = new BatchKeys(batch.RowCount);
        _select(batch, keys);
        var found = new TextRows(_columns);
        foreach (IReadOnlyDictionary<string, string?> row in _rows)
        {
            int key = KeyOf(keys, InMemoryCondition.Value(row, _key));
            if (key >= 0)
            {
                long id = long.Parse(InMemoryCondition.Value(row, Definition.Id), NumberStyles.None, CultureInfo.InvariantCulture);
                found.Add(key, id, column => InMemoryCondition.Value(row, column));
            }
        }

#pragma warning disable CA2000 // The batch owns the answer.
        return ValueTask.FromResult(found.Answer(keys));
#pragma warning restore CA2000
    }

    private int KeyOf(BatchKeys keys, string value)
        => value.Length == 0 ? -1 : keys.IndexOf(_read(Encoding.UTF8.GetBytes(value), new Utf8Scratch()));
}
