using Recon.Dataflow.Values;

namespace Recon.Dataflow.Definition;

/// <summary>A definition that keeps the rules.</summary>
internal sealed class ValidDefinition
{
    private ValidDefinition(ReconDefinition source)
    {
        Source = source;
        Pipelines = [.. source.Pipelines.Select(ValidPipeline.Of)];
    }

    /// <summary>The content of the file.</summary>
    public ReconDefinition Source { get; }

    public string Postgres => Source.Postgres;

    public bool AllowPathsOutside => Source.AllowPathsOutside;

    public StagingDefinition Staging => Source.Staging;

    public WorkflowDefinition? Workflow => Source.Workflow;

    public HubspotDefinition? Hubspot => Source.Hubspot;

    public DefaultsDefinition Defaults => Source.Defaults;

    /// <summary>The pipelines, in the order in which they run.</summary>
    public IReadOnlyList<ValidPipeline> Pipelines { get; }

    /// <summary>Takes a definition that <see cref="DefinitionValidator"/> found no fault with.</summary>
    public static ValidDefinition Of(ReconDefinition definition) => new(definition);
}
