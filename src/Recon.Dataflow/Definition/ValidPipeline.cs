using Recon.Dataflow.Values.Choice;

namespace Recon.Dataflow.Definition;

/// <summary>A pipeline that keeps the rules, with its blocks by what they are.</summary>
internal sealed class ValidPipeline
{
    private ValidPipeline(PipelineDefinition source)
    {
        Source = source;
        Csv = source.Blocks.OfType<CsvBlockDefinition>().Single();
        Batch = source.Blocks.OfType<BatchBlockDefinition>().Single();
        Diff = source.Blocks.OfType<DiffBlockDefinition>().Single();
        Stage = source.Blocks.OfType<StageBlockDefinition>().Single();
        LookupBlockDefinition match = source.Blocks.OfType<LookupBlockDefinition>().Single(lookup => lookup.Role == LookupRole.Match);
        Lookups = [.. source.Blocks.OfType<LookupBlockDefinition>().Select(lookup => ValidLookup.Of(lookup, match, Csv))];
        Match = Lookups.Single(lookup => lookup.Role == LookupRole.Match);
    }

    public PipelineDefinition Source { get; }

    public string Name => Source.Name;

    /// <summary>The HubSpot object type of all records; <see langword="null"/> when a column tells it, or nothing does.</summary>
    public string? ObjectType => Source.Object is { } named
        ? named.Type
        : HubspotObjects.OfTable(Match.Table) ?? HubspotObjects.OfTable(Name);

    /// <summary>How a column of the file tells the object type; <see langword="null"/> when it does not.</summary>
    public ObjectDefinition? ObjectByColumn => Source.Object is { From: not null } told ? told : null;

    /// <summary>All object types that records may be; empty when nothing tells it.</summary>
    public IReadOnlyList<string> ObjectTypes => ObjectType is { } type
        ? [type]
        : [.. (ObjectByColumn?.Map.Values ?? []).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    /// <summary>
    /// The compared properties that the mirror tells a record's object type by: those of the column that tells it on the legacy side which no object has. Where
    /// they differ, the HubSpot record is of another type, and HubSpot turns no record into one of another type.
    /// </summary>
    public IReadOnlyList<string> TypeProperties => ObjectByColumn is not { } told ? [] :
    [
        .. Diff.Properties.Where(property => string.Equals(property.Column, told.From, StringComparison.OrdinalIgnoreCase)
            && told.Properties.Count > 0 && told.Properties.Values.All(named => named.TryGetValue(property.Property, out ObjectPropertyDefinition? name) && name is null))
            .Select(property => property.Property),
    ];

    public ClaimPolicy Claims => Source.Claims;

    public IReadOnlyList<TestDefinition> Tests => Source.Tests;

    /// <summary>The blocks, in the order in which a batch passes them.</summary>
    public IReadOnlyList<BlockDefinition> Blocks => Source.Blocks;

    public CsvBlockDefinition Csv { get; }

    public BatchBlockDefinition Batch { get; }

    public IReadOnlyList<ValidLookup> Lookups { get; private init; }

    /// <summary>The lookup that identifies the record by its legacy id.</summary>
    public ValidLookup Match { get; }

    public DiffBlockDefinition Diff { get; }

    public StageBlockDefinition Stage { get; }

    /// <summary>The map files that conversions read.</summary>
    public IEnumerable<MapFileDefinition> MapFiles => Diff.Properties.SelectMany(property => property.Convert.Concat(property.MirrorValues?.Convert ?? []))
        .Concat(Diff.LegacyUpdatedConvert ?? [])
        .Concat(Diff.LatestByConvert ?? [])
        .Concat(Lookups.SelectMany(lookup => lookup.On).SelectMany(key => key.Convert))
        .OfType<MapFileDefinition>();

    /// <summary>Takes a pipeline that <see cref="DefinitionValidator"/> found no fault with.</summary>
    /// <exception cref="InvalidOperationException">A block is missing or there twice.</exception>
    public static ValidPipeline Of(PipelineDefinition pipeline) => new(pipeline);

    /// <summary>The same pipeline with blocks changed.</summary>
    public ValidPipeline With(Func<BlockDefinition, BlockDefinition> change)
        => Of(Source with { Blocks = [.. Source.Blocks.Select(change)] });

    /// <summary>The same pipeline with lookups changed, but for the one that identifies the record.</summary>
    public ValidPipeline WithLookups(Func<ValidLookup, ValidLookup> change)
        => new(Source) { Lookups = [.. Lookups.Select(lookup => lookup.Role == LookupRole.Match ? lookup : change(lookup))] };

    /// <summary>Takes a pipeline whose blocks are all there and complete, or says that they are not.</summary>
    public static ValidPipeline? TryOf(PipelineDefinition pipeline)
        => pipeline.Blocks.OfType<CsvBlockDefinition>().Count() == 1
            && pipeline.Blocks.OfType<BatchBlockDefinition>().Count() == 1
            && pipeline.Blocks.OfType<DiffBlockDefinition>().Count() == 1
            && pipeline.Blocks.OfType<StageBlockDefinition>().Count() == 1
            && pipeline.Blocks.OfType<LookupBlockDefinition>().Count(lookup => lookup.Role == LookupRole.Match) == 1
            && pipeline.Blocks.OfType<LookupBlockDefinition>().All(IsComplete)
            ? new ValidPipeline(pipeline)
            : null;

    private static bool IsComplete(LookupBlockDefinition lookup) => lookup.Role switch
    {
        LookupRole.Fallback => lookup.On.Count > 0,
        LookupRole.Parent => lookup is { Table: not null, Key: not null, From: not null },
        _ => lookup is { Table: not null, Key: not null },
    };
}
