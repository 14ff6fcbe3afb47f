using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Extract;
using Recon.Dataflow.Extract.Cuts;
using Recon.Dataflow.Values;
using Recon.Dataflow.Values.Phone;
using Recon.Dataflow.Values.Text;
using Recon.Dataflow.Values.Time;

namespace Recon.Dataflow.Plan;

/// <summary>
/// A pipeline compiled once per run: names resolved to indexes, conversions and comparisons to code, JSON names to
/// bytes. Immutable and shared by all batches.
/// </summary>
internal sealed class ReconciliationPlan
{
    /// <summary>The JSON writer's settings: accents stay readable, and staging columns are no HTML.</summary>
    internal static readonly JsonWriterOptions JsonOptions = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    };

    private ReconciliationPlan(ValidPipeline definition, PipelineColumns columns)
    {
        Definition = definition;
        Columns = columns;
    }

    public ValidPipeline Definition { get; }

    public PipelineColumns Columns { get; }

    /// <summary>Index of the legacy id among the file's columns.</summary>
    public int IdColumn { get; private init; }

    /// <summary>The properties that are compared.</summary>
    internal PropertyPlan[] Properties { get; private init; } = [];

    /// <summary>The parents, in the order of their lookups.</summary>
    internal ParentPlan[] Parents { get; private init; } = [];

    /// <summary>The staging table's own columns.</summary>
    internal StagedColumnPlan[] Staged { get; private init; } = [];

    /// <summary>The columns kept in <c>legacy_properties</c>.</summary>
    internal IReadOnlyList<(int Column, JsonEncodedText Name)> LegacyProperties { get; private init; } = [];

    /// <summary>The lengths at which texts may have been cut.</summary>
    internal required CutLengths Cuts { get; init; }

    /// <summary>When the legacy record was last updated; <see langword="null"/> without the policy <c>newest</c>.</summary>
    internal (int Column, ConversionChain Chain, int Mirror)? Updated { get; private init; }

    /// <summary>What tells which of several rows of one legacy id is the latest; <see langword="null"/> where none may win.</summary>
    internal (int Column, ConversionChain Chain)? Latest { get; private init; }

    /// <param name="absentMirror">Optional columns that the mirror table lacks.</param>
    /// <param name="destroyedDates">Columns of the file whose dates are lost: properties that read them as dates are left out.</param>
    /// <param name="cuts">The lengths at which texts may have been cut; by default the usual limits.</param>
    /// <exception cref="InputException">A map file cannot be read.</exception>
    public static ReconciliationPlan Compile(
        ValidPipeline pipeline,
        ConversionContext context,
        IReadOnlySet<string> absentSource,
        IReadOnlySet<string> absentMirror,
        IReadOnlySet<string>? destroyedDates = null,
        CutLengths? cuts = null)
    {
        PipelineColumns columns = PipelineColumns.Of(pipeline);
        ValidLookup[] lookups = [.. pipeline.Lookups];
        PropertyPlan[] properties =
        [
            .. pipeline.Diff.Properties
                .Where(property => !absentMirror.Contains(property.Mirror)
                    && !PipelineColumns.SourcesOf(property).Any(absentSource.Contains)
                    && !(property.RegionColumn is { } region && absentSource.Contains(region))
                    && !(property.IsDate && destroyedDates?.Contains(property.Column!) == true))
                .Select(property => PropertyPlan.Compile(property, columns, lookups, context, absentSource, pipeline.Diff.OnTruncated)),
        ];
        return new ReconciliationPlan(pipeline, columns)
        {
            Cuts = cuts ?? CutLengths.Of(pipeline, columns.Source, []),
            IdColumn = columns.Source.IndexOf(pipeline.Csv.Id),
            Properties = properties,
            Parents = [.. lookups.Select((lookup, index) => (lookup, index))
                .Where(pair => pair.lookup.Role == LookupRole.Parent)
                .Select(pair => new ParentPlan(
                    pair.lookup,
                    pair.index,
                    columns.Source.IndexOf(pair.lookup.From)))],
            Staged = [.. pipeline.Stage.Columns.Select(staged =>
                StagedColumnPlan.Compile(staged, columns, properties, lookups, absentMirror))],
            LegacyProperties = [.. LegacyPropertyNames(pipeline)
                .Where(name => !absentSource.Contains(name))
                .Select(columns.Source.IndexOf)
                .Select(column => (column, JsonEncodedText.Encode(columns.Source.Names[column], JsonOptions.Encoder)))],
            Updated = pipeline.Diff is { LegacyUpdated: { } legacy, HubspotUpdated: { } hubspot }
                ? (columns.Source.IndexOf(legacy),
                    ConversionChain.Compile(pipeline.Diff.LegacyUpdatedConvert ?? [new DatetimeDefinition()], context),
                    IndexOf(columns.Mirror, hubspot))
                : null,
            Latest = pipeline.Diff.Latest is { } latest
                ? (columns.Source.IndexOf(latest.Column), ConversionChain.Compile(latest.Convert, context))
                : null,
        };
    }

    /// <summary>Index of a mirror column among those that the answers hold.</summary>
    internal static int IndexOf(IReadOnlyList<string> columns, string name)
    {
        for (int index = 0; index < columns.Count; index++)
        {
            if (string.Equals(columns[index], name, StringComparison.Ordinal))
            {
                return index;
            }
        }

        return -1;
    }

    /// <summary>Mapped columns: what properties, parents and staging columns are made from.</summary>
    /// <remarks>
    /// They are staged under the spelling of the source columns, whatever the case in which a property names them: repeats are read back by it.
    /// </remarks>
    internal static IEnumerable<string> LegacyPropertyNames(ValidPipeline pipeline)
        => pipeline.Diff.Properties.SelectMany(PipelineColumns.SourcesOf)
            .Concat(pipeline.Diff.Properties.Select(property => property.RegionColumn).OfType<string>())
            .Concat(pipeline.Lookups.Where(lookup => lookup.Role == LookupRole.Parent).Select(lookup => lookup.From))
            .Concat(pipeline.Stage.Columns.Select(staged => staged.Legacy).OfType<string>())
            .Concat(pipeline.ObjectByColumn is { From: { } told } ? [told] : [])
            .Concat(pipeline.Diff.Latest is { } latest ? [latest.Column] : [])
            .Concat(pipeline.Diff.LegacyUpdated is { } updated ? [updated] : [])
            .Distinct(StringComparer.OrdinalIgnoreCase);
}

/// <summary>A parent: where its legacy id stands and which lookup resolves it.</summary>
internal sealed record ParentPlan(ValidLookup Definition, int Lookup, int Column);

/// <summary>A compiled property.</summary>
internal sealed class PropertyPlan
{
    private PropertyPlan(PropertyDefinition definition, ConversionContext context)
    {
        Definition = definition;
        ComparisonDefinition comparison = definition.Comparison;
        Reader = PropertyReader.Compile(definition, context);
        Text = definition.IsText ? Reader.Comparison as TextComparison : null;
        ComparisonKind = comparison.Kind;
        if (comparison is DateComparisonDefinition day)
        {
            Days = day.Days(context);
            KeepsTimeOfDay = day.TimeOfDay == TimeOfDay.Keep;
        }

        RepeatedHour = comparison is DatetimeComparisonDefinition
            && definition.Convert.OfType<DatetimeDefinition>().LastOrDefault() is { } local
                ? new RepeatedHour(local.Zone ?? context.Defaults.TimeZone)
                : null;
        JsonName = JsonEncodedText.Encode(definition.Property, ReconciliationPlan.JsonOptions.Encoder);
    }

    public PropertyDefinition Definition { get; }

    public JsonEncodedText JsonName { get; }

    public PropertyReader Reader { get; }

    /// <summary>The readers of records by telephone region; <see langword="null"/> where no column tells it.</summary>
    public RegionReaders? Regions { get; private init; }

    /// <summary>The comparison's kind; differences that it suppresses are counted under it.</summary>
    public string ComparisonKind { get; }

    /// <summary>For days.</summary>
    public ZoneDays? Days { get; }

    /// <summary>Whether another day gets the time of day that HubSpot has, and is not withheld.</summary>
    public bool KeepsTimeOfDay { get; }

    /// <summary>For local times of a zone that are compared as instants.</summary>
    public RepeatedHour? RepeatedHour { get; }

    /// <summary>The comparison of a property that is made from columns and compared as a text; <see langword="null"/> for others.</summary>
    public TextComparison? Text { get; }

    public TruncatedPolicy OnTruncated { get; private init; }

    /// <summary>Indexes of the file's columns; empty for a constant or a parent.</summary>
    public int[] Columns { get; private init; } = [];

    public byte[] Separator { get; private init; } = [];

    public byte[]? Constant { get; private init; }

    public byte[]? Default { get; private init; }

    /// <summary>Index of the parent's lookup; -1 for none.</summary>
    public int ParentLookup { get; private init; } = -1;

    /// <summary>Index of the mirror column.</summary>
    public int Mirror { get; private init; }

    public RowCondition? When { get; private init; }

    public string SourceLabel { get; private init; } = "";

    public static PropertyPlan Compile(
        PropertyDefinition property,
        PipelineColumns columns,
        ValidLookup[] lookups,
        ConversionContext context,
        IReadOnlySet<string> absentSource,
        TruncatedPolicy onTruncated)
    {
        IReadOnlyList<string> sources = PipelineColumns.SourcesOf(property);
        return new PropertyPlan(property, context)
        {
            OnTruncated = property.OnTruncated ?? onTruncated,
            Columns = [.. sources.Select(columns.Source.IndexOf)],
            Separator = Encoding.UTF8.GetBytes(property.Separator),
            Constant = property.Constant is { } constant ? Encoding.UTF8.GetBytes(constant) : null,
            Default = property.Default is { } value ? Encoding.UTF8.GetBytes(value) : null,
            Regions = property.Convert.OfType<PhoneDefinition>().FirstOrDefault(phone => phone.RegionFrom is not null) is { } phone
                ? new RegionReaders(phone, columns.Source.IndexOf(phone.RegionFrom!), PropertyReader.Compile(property, context))
                : null,
            ParentLookup = property.Parent is { } parent
                ? Array.FindIndex(lookups, lookup => lookup.Label == parent)
                : -1,
            Mirror = ReconciliationPlan.IndexOf(columns.Mirror, property.Mirror),
            When = property.When is { } when ? RowCondition.Compile(when, columns.Source, absentSource) : null,
            SourceLabel = sources.Count > 0 ? string.Join("+", sources) : property.Parent ?? "constant",
        };
    }
}

/// <summary>Where a staging column's value comes from.</summary>
internal enum StagedSource
{
    Legacy,
    Converted,
    Hubspot,
    ParentLegacyId,
    ParentHubspotId,
}

/// <summary>A compiled staging column.</summary>
/// <param name="Index">Index of the file's column, the property, the mirror column or the lookup; -1 for one that is absent.</param>
internal sealed record StagedColumnPlan(StagedType Type, StagedSource Source, int Index)
{
    public static StagedColumnPlan Compile(
        StagedColumnDefinition staged,
        PipelineColumns columns,
        PropertyPlan[] properties,
        ValidLookup[] lookups,
        IReadOnlySet<string> absentMirror)
        => staged switch
        {
            { Legacy: { } legacy } => new(staged.Type, StagedSource.Legacy, columns.Source.IndexOf(legacy)),
            { Converted: { } property } => new(staged.Type, StagedSource.Converted,
                Array.FindIndex(properties, plan => plan.Definition.Property == property)),
            { Hubspot: { } hubspot } => new(staged.Type, StagedSource.Hubspot,
                absentMirror.Contains(hubspot) ? -1 : ReconciliationPlan.IndexOf(columns.Mirror, hubspot)),
            { ParentLegacyId: { } parent } => new(staged.Type, StagedSource.ParentLegacyId,
                Array.FindIndex(lookups, lookup => lookup.Label == parent)),
            { ParentHubspotId: { } parent } => new(staged.Type, StagedSource.ParentHubspotId,
                Array.FindIndex(lookups, lookup => lookup.Label == parent)),
            _ => throw new InvalidOperationException("A staged column of a definition that keeps the rules has one source."),
        };
}
