using System.Text;
using Recon.Dataflow.Definition;
using Recon.Postgres.Tuning;

namespace Recon.Postgres.Tests.Tuning;

/// <summary>Measurements that follow from a formula, and how often each setting was asked for.</summary>
/// <param name="seconds">Seconds of streaming for settings, in their nth trial.</param>
internal sealed class ScriptedTrials(Func<TuneSettings, int, double> seconds) : ITrials
{
    private readonly Dictionary<TuneSettings, int> _asked = [];

    /// <summary>The settings in the order in which they were measured.</summary>
    public List<TuneSettings> Order { get; } = [];

    /// <summary>Records of the slice.</summary>
    public long Records { get; init; } = 10_000;

    /// <summary>Records of the whole file.</summary>
    public long WholeRecords { get; init; } = 10_000;

    /// <summary>Seconds that loading takes.</summary>
    public Func<TuneSettings, double> Opening { get; init; } = _ => 0;

    /// <summary>What the lookups do in the end.</summary>
    public Func<TuneSettings, LookupStrategy> Effective { get; init; } = settings => settings.Strategy ?? LookupStrategy.Any;

    /// <summary>Why settings cannot be tried.</summary>
    public Func<TuneSettings, string?> Refusal { get; init; } = _ => null;

    /// <summary>CPU seconds of the nth trial of all.</summary>
    public Func<int, double> Cpu { get; init; } = _ => 1;

    /// <inheritdoc/>
    public Task<Trial> RunAsync(TuneSettings settings, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (Refusal(settings) is { } reason)
        {
            throw new TrialRefusedException(reason);
        }

        int nth = _asked[settings] = _asked.GetValueOrDefault(settings) + 1;
        Order.Add(settings);
        return Task.FromResult(new Trial(
            Records,
            TimeSpan.FromSeconds(Opening(settings)),
            TimeSpan.FromSeconds(seconds(settings, nth)),
            TimeSpan.Zero,
            TimeSpan.FromSeconds(Cpu(Order.Count)),
            100,
            [new TrialBlock("csv", "csv", 0.2), new TrialBlock("match", "lookup", 0.9), new TrialBlock("stage", "stage", 0.4)],
            new Dictionary<string, LookupStrategy> { ["match"] = Effective(settings) })
        {
            WholeRecords = WholeRecords,
        });
    }

    /// <summary>A pipeline with a match, a fallback and a parent lookup; batches of 1,000, two lookups at a time, one writer.</summary>
    public static ValidPipeline Pipeline()
    {
        DefinitionReading reading = DefinitionReader.Parse(
            Encoding.UTF8.GetBytes("""
                { "pipelines": [{ "name": "things", "blocks": [
                  { "kind": "csv", "path": "things.csv", "id": "Id" },
                  { "kind": "batch" },
                  { "kind": "lookup", "name": "match", "table": "hubspot.things", "key": "k" },
                  { "kind": "lookup", "name": "mail", "role": "fallback", "on": [{ "column": "Mail", "property": "email" }] },
                  { "kind": "lookup", "name": "parent", "role": "parent", "table": "hubspot.parents", "key": "k", "from": "Parent" },
                  { "kind": "diff", "properties": [{ "property": "name", "column": "Name" }] },
                  { "kind": "stage", "table": "things", "legacyId": "l", "hubspotId": "h" }] }] }
                """),
            "things.json");
        Assert.Empty(reading.Problems);
        return reading.Definition!.Pipelines[0];
    }
}
