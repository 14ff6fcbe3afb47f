using Recon.Dataflow.Batches;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Extract;
using Recon.Dataflow.Plan;
using Recon.Dataflow.Values;
using Recon.Dataflow.Values.Choice;
using Recon.Postgres.Queries;

namespace Recon.Review.Model;

/// <summary>A pipeline's run together with what the definition knows about its values.</summary>
internal sealed class PipelineEvidence
{
    private readonly ReconciliationPlan? _plan;
    private readonly IReadOnlyList<RejectedValues> _rejected = [];
    private readonly IReadOnlyList<UnmappedValue> _unmapped = [];

    private PipelineEvidence(ValidPipeline pipeline, ReportedPipeline reported, ReconciliationPlan? plan, ConversionContext context)
    {
        (Pipeline, Reported, _plan) = (pipeline, reported, plan);
        if (plan is not null)
        {
            _rejected = RejectedValues.Of(Counts, plan, context);
            _unmapped = UnmappedValue.Of(Counts, plan);
        }
    }

    public ValidPipeline Pipeline { get; }

    public ReportedPipeline Reported { get; }

    public BatchCounts Counts => Reported.Run?.Counts ?? new BatchCounts();

    /// <summary>Whether the definition was of use: files that it names may be gone.</summary>
    public bool IsCompiled => _plan is not null;

    public required string TimeZone { get; init; }

    /// <summary>Fingerprint of the definition as it is now.</summary>
    public required string Fingerprint { get; init; }

    public static PipelineEvidence Of(DefinitionReading reading, ValidPipeline pipeline, ReportedPipeline reported)
    {
        ValidDefinition definition = reading.Definition!;
        var context = new ConversionContext(definition.Defaults, reading.BaseDirectory, definition.AllowPathsOutside);
        return new PipelineEvidence(pipeline, reported, Compile(pipeline, context), context)
        {
            TimeZone = definition.Defaults.TimeZone,
            Fingerprint = reading.FingerprintOf(pipeline),
        };
    }

    /// <summary>What is known of the values of a property that failed for a reason; <see langword="null"/> for nothing.</summary>
    public RejectedValues? Rejected(string property, string reason)
        => _rejected.FirstOrDefault(values => values.Property == property && values.Reason == reason);

    /// <summary>The option that a value without one is nearest to.</summary>
    public UnmappedValue? Unmapped(string property, string value)
        => _unmapped.FirstOrDefault(unmapped => unmapped.Property == property && unmapped.Value == value);

    /// <summary>The texts that the definition names as values of a property: they are nobody's.</summary>
    public IReadOnlySet<string> KnownValues(PropertyDefinition property)
    {
        HashSet<string> known = new(StringComparer.Ordinal);
        known.UnionWith(((string?[])[property.Constant, property.Default]).OfType<string>());
        if (property.Comparison is BooleanComparisonDefinition)
        {
            known.UnionWith(["true", "false"]);
        }

        if (_plan?.Properties.FirstOrDefault(plan => plan.Definition.Property == property.Property) is { } plan)
        {
            known.UnionWith(plan.Reader.Chain.Steps.SelectMany(step => UnmappedValue.OptionsOf(step.Step)).Select(option => option.Value));
        }

        return known;
    }

    // A program's own conversions, and map files that have gone, are not here to be asked.
    private static ReconciliationPlan? Compile(ValidPipeline pipeline, ConversionContext context)
    {
        try
        {
            return ReconciliationPlan.Compile(pipeline, context, new HashSet<string>(), new HashSet<string>());
        }
        catch (Exception exception) when (exception is InputException or ConversionSetupException)
        {
            return null;
        }
    }
}
