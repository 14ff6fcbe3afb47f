using Npgsql;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Values;
using Recon.Postgres.Catalog;

namespace Recon.Postgres.Lookups;

/// <summary>Decides how the ids of parents are written, where the definition leaves it open, by looking at both sides.</summary>
internal static class ParentTypes
{
    private const int Keys = 1_000;

    /// <summary>Some keys of a mirror table, as texts.</summary>
    public static async Task<IReadOnlyList<string>> SampleAsync(
        NpgsqlConnection connection, MirrorTable table, string key, CancellationToken cancellationToken)
        => await SqlText.Of($"""
            select {new SqlName(key)}::text from {table.Table} where {new SqlName(key)} is not null and {new SqlName(key)}::text <> '' limit {Keys}
            """).ListAsync(connection, row => row.GetString(0), cancellationToken);

    /// <summary>Decides about one parent.</summary>
    /// <param name="pipeline">The lookup's pipeline.</param>
    /// <param name="file">Ids of this parent in the file.</param>
    /// <param name="earlier">What the attempt that is resumed decided: rows are read like those that it committed.</param>
    /// <returns>The lookup, and what does not fit; <see langword="null"/> when nothing speaks against it.</returns>
    public static async Task<(ValidLookup Lookup, string? Misfit)> DecideAsync(
        NpgsqlConnection connection,
        ValidPipeline pipeline,
        ValidLookup lookup,
        MirrorTable table,
        IReadOnlyList<string> file,
        ParentIds? earlier,
        CancellationToken cancellationToken)
    {
        if (table.Find(lookup.Key) is not { Type: { } type })
        {
            // It is reported where the query is made.
            return (lookup, null);
        }

        IReadOnlyList<string> mirror = type == MirrorType.Text ? await SampleAsync(connection, table, lookup.Key, cancellationToken) : [];
        ValidLookup decided = lookup.HasOpenType ? lookup.With(earlier ?? ParentIds.Infer(type, file, mirror, pipeline.Csv.IdType)) : lookup;
        return (decided, ParentIds.Misfit(decided, type, file, mirror));
    }
}
