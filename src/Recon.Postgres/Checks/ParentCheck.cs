using Npgsql;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Extract;
using Recon.Postgres.Catalog;
using Recon.Postgres.Lookups;

namespace Recon.Postgres.Checks;

/// <summary>Checks that the ids of a parent in the file can be those that the mirror holds.</summary>
internal sealed class ParentCheck(
    NpgsqlConnection connection, DefinitionReading reading, ValidPipeline pipeline, FindingLog log)
{
    private IReadOnlyDictionary<string, IReadOnlyList<string>>? _file;

    /// <returns>The lookup as a run would ask it.</returns>
    public async Task<ValidLookup> CheckAsync(ValidLookup lookup, MirrorTable table, CancellationToken cancellationToken)
    {
        if (lookup.Role != LookupRole.Parent)
        {
            return lookup;
        }

        _file ??= await ReadAsync(cancellationToken);
        (ValidLookup decided, string? misfit) = await ParentTypes.DecideAsync(
            connection, pipeline, lookup, table, _file.GetValueOrDefault(lookup.From) ?? [], earlier: null, cancellationToken);
        string subject = $"parent {lookup.Label}";
        var place = new FindingPlace(lookup.Block, nameof(lookup.Block.From));
        if (misfit is not null)
        {
            log.Warn(subject, place, $"Nearly no parent can be found: {misfit}.", null);
        }
        else if (decided.Ids is { } ids)
        {
            log.Ok(subject, place, $"They are read as {(ids.Type == IdType.Number ? "numbers" : "texts")}: {ids.Reason}.");
        }

        return decided;
    }

    // An input that cannot be read has been reported.
    private async Task<IReadOnlyDictionary<string, IReadOnlyList<string>>> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await ColumnSample.ReadAsync(
                pipeline.Csv,
                pipeline.Batch,
                reading.Definition!.Defaults,
                pipeline.Lookups.Where(lookup => lookup.Role == LookupRole.Parent).Select(lookup => lookup.From),
                new BatchReaderOptions
                {
                    BaseDirectory = reading.BaseDirectory,
                    AllowPathsOutside = reading.Definition.AllowPathsOutside,
                    Objects = reading.Objects,
                },
                cancellationToken);
        }
        catch (Exception wrong) when (wrong is InputException or IOException or UnauthorizedAccessException)
        {
            return new Dictionary<string, IReadOnlyList<string>>();
        }
    }
}
