using System.Text;
using Recon.Dataflow;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Diff;
using Recon.Dataflow.Extract;
using Recon.Dataflow.Lookup;
using Recon.Dataflow.Plan;
using Recon.Dataflow.Values;

namespace Recon.HubSpot.Portal;

/// <summary>What an account would refuse of records, counted.</summary>
/// <param name="Records">How many records have it.</param>
/// <param name="FirstLine">The line of the first of them.</param>
internal sealed record RecordViolation(PortalViolation Violation, PropertyDefinition Property, long Records, long FirstLine);

/// <summary>Reads and converts the first records of a pipeline's input as a run would, and tells what an account would refuse of them.</summary>
/// <param name="known">What is wrong with the definition: of properties that it names, records are not looked at.</param>
internal sealed class RecordPortalCheck(ValidPipeline pipeline, PortalCheck portal, IEnumerable<DefinitionViolation> known) : IDiffObserver
{
    private readonly Dictionary<string, PortalTarget[]> _targets = pipeline.ObjectTypes
        .ToDictionary(
            type => type,
            type => PortalTarget.Of(pipeline, type)
                .Where(target => portal.Find(type, target.Name) is not null
                    && !known.Any(found => found.Violation.Type == type && found.Violation.Property == target.Name))
                .ToArray(),
            StringComparer.Ordinal);

    private readonly Dictionary<(string Type, string Name, string Message), RecordViolation> _found = [];
    private readonly Dictionary<(string Type, string Name, string Value), string> _owners = [];
    private int _typeColumn = -1;

    /// <summary>Reads at most so many records.</summary>
    /// <param name="objects">Where addresses of objects lead.</param>
    /// <exception cref="InputException">The input cannot be read.</exception>
    /// <exception cref="ConversionSetupException">A conversion cannot be set up.</exception>
    public async Task<IReadOnlyCollection<RecordViolation>> CheckAsync(
        DefaultsDefinition defaults, ConversionContext context, IObjectStore? objects, long records, CancellationToken cancellationToken)
    {
        var columns = PipelineColumns.Of(pipeline);
        await using BatchReader reader = await BatchReader.OpenAsync(
            pipeline.Csv,
            pipeline.Batch,
            defaults,
            columns.Source,
            new BatchReaderOptions
            {
                BaseDirectory = context.BaseDirectory,
                AllowPathsOutside = context.AllowPathsOutside,
                Objects = objects,
                Limit = records,
                OptionalColumns = columns.OptionalSource,
            },
            cancellationToken);
        _typeColumn = pipeline.ObjectByColumn?.From is { } told ? columns.Source.IndexOf(told) : -1;
        var differ = new RecordDiffer(ReconciliationPlan.Compile(pipeline, context, reader.MissingColumns, new HashSet<string>()));
        while (await reader.ReadAsync(cancellationToken) is { } batch)
        {
            using (batch)
            {
                FindNothing(batch);
                differ.Diff(batch, this);
            }
        }

        return _found.Values;
    }

    public void OnRecord(RecordBatch batch, int row, RecordVerdict record)
    {
        string? type = _typeColumn < 0 ? pipeline.ObjectType : pipeline.ObjectByColumn?.Map.GetValueOrDefault(Encoding.UTF8.GetString(batch.Field(row, _typeColumn)));
        if (type is null)
        {
            return;
        }

        foreach (PortalTarget target in _targets[type])
        {
            PropertyVerdict? verdict = record.Properties.FirstOrDefault(each => each.Property == target.Property.Property);
            if (verdict is { Kind: VerdictKind.NoRecord, Converted: { Length: > 0 } converted } && target.Translate(converted) is { } value)
            {
                // What the definition itself names is judged by the definition.
                PortalViolation? wrong = target.IsClosed ? null : portal.Of(type, target.Name, value);
                Note(wrong ?? Taken(type, target, value, record.LegacyId), target, record.Line);
            }
        }
    }

    // Rows that repeat a legacy id are one record.
    private PortalViolation? Taken(string type, PortalTarget target, string value, string legacyId)
        => portal.Find(type, target.Name) is { Unique: true } && !_owners.TryAdd((type, target.Name, value), legacyId) && _owners[(type, target.Name, value)] != legacyId
            ? new PortalViolation(
                ViolationKind.Unique, type, target.Name, "No two records may have the same value, and the file gives it to several.", "Correct it in the legacy system, or do not write to this property.")
            : null;

    private void Note(PortalViolation? violation, PortalTarget target, long line)
    {
        if (violation is null)
        {
            return;
        }

        var key = (violation.Type, violation.Property, violation.Message);
        _found[key] = _found.TryGetValue(key, out RecordViolation? before)
            ? before with { Records = before.Records + 1 }
            : new RecordViolation(violation, target.Property, 1, line);
    }

    // Nothing is looked up: every record is one without a HubSpot record and without parents.
    private void FindNothing(RecordBatch batch)
    {
        foreach (ValidLookup _ in pipeline.Lookups)
        {
            using var keys = new BatchKeys(batch.RowCount);
#pragma warning disable CA2000 // The batch owns its answers.
            batch.Answers.Add(AnswerJoin.Join(keys, new MirrorRows([], [], [], [], [], 0, pooled: false), []));
#pragma warning restore CA2000
        }
    }
}
