using Recon.Dataflow;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Extract;
using Recon.Dataflow.Values.Custom;
using Recon.Postgres.Runs.Gates;

namespace Recon.Postgres.Runs;

/// <summary>A run's settings, together with the definition that they go with.</summary>
internal sealed record RunRequest : RunSettings
{
    public RunRequest(RunSettings? settings = null)
        : base(settings ?? new RunSettings())
    {
        foreach ((string name, string limit) in Gates)
        {
            if (!Gate.IsLimit(name, limit))
            {
                throw new ArgumentException($"'{name}' is no gate, or '{limit}' no limit of it.", nameof(settings));
            }
        }
    }

    /// <summary>A request over a definition that was read.</summary>
    /// <exception cref="DefinitionException">The definition has problems.</exception>
    public static RunRequest Of(DefinitionReading reading, RunSettings? settings = null) => new(settings)
    {
        Definition = reading.Definition ?? throw new DefinitionException(reading.Problems),
        BaseDirectory = reading.BaseDirectory,
        Objects = reading.Objects,
        Fingerprint = reading.FingerprintOf,
    };

    public required ValidDefinition Definition { get; init; }

    public required string BaseDirectory { get; init; }

    /// <summary>Where addresses of objects lead; <see langword="null"/> (the default) where this program reads none.</summary>
    public IObjectStore? Objects { get; init; }

    /// <summary>Fingerprint of a pipeline's definition, for resuming.</summary>
    public required Func<ValidPipeline, string> Fingerprint { get; init; }

    /// <summary>Conversions of kind <c>custom</c>, by name. Default: none.</summary>
    public IReadOnlyDictionary<string, CustomConverter> Conversions { get; init; } = new Dictionary<string, CustomConverter>();

    /// <summary>Records from the hosting program, in the stead of the csv block's file.</summary>
    public IRecordSource? Source { get; init; }

    /// <summary>Lookups of the hosting program, by the name of the block that each stands for.</summary>
    public IReadOnlyDictionary<string, IRecordLookup> Lookups { get; init; } = new Dictionary<string, IRecordLookup>();

    /// <summary>Takes the reconciled records, in the stead of the staging tables.</summary>
    public IRecordSink? Sink { get; init; }

    /// <summary>Receives what became of each record of the input; <see langword="null"/> in a run.</summary>
    internal IReadObserver? Observer { get; init; }
}
