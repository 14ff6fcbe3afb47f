using Npgsql;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Text;
using Recon.Dataflow.Values;
using Recon.Dataflow.Values.Time;
using Recon.Postgres.Push;
using Recon.Postgres.Staging;

namespace Recon.Push.Sending;

/// <summary>When the legacy records of a batch were last updated.</summary>
internal sealed class LegacyUpdates(IReadOnlyDictionary<string, DateTimeOffset> times)
{
    /// <returns><see langword="null"/> where nobody knows.</returns>
    public DateTimeOffset? Of(PushItem item) => times.TryGetValue(item.Planned.LegacyId, out DateTimeOffset time) ? time : null;
}

/// <summary>Reads when legacy records of a pipeline were last updated, from the result that the plan was made from.</summary>
internal sealed class LegacyUpdateReader
{
    private readonly NpgsqlDataSource _source;
    private readonly LegacyTimes? _times;
    private readonly ConversionChain _chain;
    private readonly IReadOnlyList<Guid> _runs;

    /// <exception cref="ConversionSetupException">A conversion of the column cannot be set up.</exception>
    public LegacyUpdateReader(NpgsqlDataSource source, StagingTables tables, ValidPipeline pipeline, ConversionContext context, IReadOnlyList<Guid> runs)
    {
        (_source, _runs) = (source, runs);
        _chain = ConversionChain.Compile(pipeline.Diff.LegacyUpdatedConvert ?? [new DatetimeDefinition()], context);
        _times = pipeline.Diff.LegacyUpdated is { } column
            ? new LegacyTimes(tables, pipeline.Stage, PipelineColumns.Of(pipeline).Source is var columns ? columns.Names[columns.IndexOf(column)] : column)
            : null;
    }

    public async Task<LegacyUpdates> ReadAsync(IReadOnlyList<PushItem> items, CancellationToken cancellationToken)
    {
        Dictionary<string, DateTimeOffset> times = [];
        if (_times is not null)
        {
            await using NpgsqlConnection connection = await _source.OpenConnectionAsync(cancellationToken);
            foreach ((string id, string raw) in await _times.FindAsync(connection, _runs, [.. items.Select(item => item.Planned.LegacyId)], cancellationToken))
            {
                if (Read(raw) is { } time)
                {
                    times[id] = time;
                }
            }
        }

        return new LegacyUpdates(times);
    }

    private DateTimeOffset? Read(string raw)
    {
        var scratch = new Utf8Scratch();
        ConvertedValue value = _chain.Convert(scratch.Encode(raw), scratch);
        return !value.Failed && IsoTime.TryParseCanonical(value.Text, out long milliseconds) ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds) : null;
    }
}
