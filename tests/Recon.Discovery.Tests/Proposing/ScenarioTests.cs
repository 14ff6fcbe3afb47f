using Npgsql;
using Recon.Dataflow.Values;
using Recon.Discovery.Proposing;
using Recon.Testing;

namespace Recon.Discovery.Tests.Proposing;

/// <summary>Files and mirrors that were made together: how much of what is known to belong together is found.</summary>
public sealed class ScenarioTests(PostgresServer server) : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("recon-proposals-");

    private const double LeastRecall = 0.9;

    private static readonly Shape[] s_shapes =
    [
        new(1, "french", "companies", "french"),
        new(2, "english", "contacts", "english"),
        new(3, "sage", "deals", "sage") { TextMirror = true },
        new(4, "short", "companies", "short") { IdStyle = "padded", Noise = 8 },
        new(5, "opaque", "contacts", "opaque") { IdStyle = "code" },
        new(6, "misleading", "companies", "misleading") { TextMirror = true },
        new(7, "airbyte", "contacts", "french") { Prefix = "properties_", HubspotId = "id", TextMirror = true, HasAssociation = false, Repeats = 0.3 },
        new(8, "fivetran", "deals", "english") { Prefix = "property_", HubspotId = "id", IdStyle = "decimal", Table = "deal" },
        new(9, "wide", "companies", "sage") { Noise = 30, MostStale = 45, IdStyle = "decimal-mirror" },
    ];

    // Written when the proposer was done.
    private static readonly Shape[] s_last =
    [
        new(21, "small", "companies", "english") { LeastRecords = 40, MostRecords = 80 },
        new(22, "few", "contacts", "sage") { LeastRecords = 60, MostRecords = 120, TextMirror = true, MostStale = 40 },
        new(23, "decoys", "companies", "french") { Decoys = true, Noise = 8 },
        new(24, "decoys-of-deals", "deals", "english") { Decoys = true, TextMirror = true, Prefix = "properties_", HubspotId = "id" },
        new(25, "capitals", "contacts", "french") { Capitals = true, IdStyle = "code" },
        new(26, "thousands", "companies", "short") { Thousands = true, Capitals = true },
        new(27, "forty-by-sixty", "companies", "sage") { Noise = 20, MirrorNoise = 32, MostStale = 40, Decoys = true, TextMirror = true, LeastRecords = 1_500, MostRecords = 3_000 },
        new(28, "stale", "deals", "french") { MostStale = 55, IdStyle = "padded-text" },
    ];

    public static TheoryData<int, string> Some => Cases(s_shapes, [1, 2]);

    public static TheoryData<int, string> Tuned => Cases(s_shapes, Enumerable.Range(3, 3));

    public static TheoryData<int, string> HeldOut => Cases(s_shapes, Enumerable.Range(13, 4));

    public static TheoryData<int, string> Last => Cases(s_last, Enumerable.Range(13, 3));

    [Theory]
    [MemberData(nameof(Some))]
    public Task ProposeAsync_OfAScenario_FindsWhatBelongsTogether(int seed, string shape) => MeasureAsync(seed, Named(shape));

    /// <summary>The seeds by which the proposer was tuned.</summary>
    [Theory(Explicit = true)]
    [Trait("Category", "Sweep")]
    [MemberData(nameof(Tuned))]
    public Task ProposeAsync_OfManyScenarios_FindsWhatBelongsTogether(int seed, string shape) => MeasureAsync(seed, Named(shape));

    /// <summary>Seeds that nothing was tuned by.</summary>
    [Theory(Explicit = true)]
    [Trait("Category", "Sweep")]
    [MemberData(nameof(HeldOut))]
    public Task ProposeAsync_OfUnseenScenarios_FindsWhatBelongsTogether(int seed, string shape) => MeasureAsync(seed, Named(shape));

    /// <summary>Shapes that nothing was tuned by.</summary>
    [Theory(Explicit = true)]
    [Trait("Category", "Sweep")]
    [MemberData(nameof(Last))]
    public Task ProposeAsync_OfUnseenShapes_FindsWhatBelongsTogether(int seed, string shape) => MeasureAsync(seed, Named(shape));

    public void Dispose() => _folder.Delete(recursive: true);

    private static Shape Named(string name) => s_shapes.Concat(s_last).Single(shape => shape.Name == name);

    private static TheoryData<int, string> Cases(Shape[] shapes, IEnumerable<int> seeds)
    {
        TheoryData<int, string> cases = [];
        foreach (int seed in seeds)
        {
            foreach (Shape shape in shapes)
            {
                cases.Add(seed, shape.Name);
            }
        }

        return cases;
    }

    private async Task MeasureAsync(int seed, Shape shape)
    {
        CancellationToken cancellationToken = TestContext.Current.CancellationToken;
        var scenario = Scenario.Make(seed, shape);
        await using TestDatabase database = await server.CreateDatabaseAsync();
        await scenario.LoadAsync(database.ConnectionString, cancellationToken);
        await using var source = NpgsqlDataSource.Create(database.ConnectionString);

        PipelineProposal proposal = await new Proposer(source, new DefaultsDefinition()).ProposeAsync(await scenario.ProfileAsync(_folder.FullName, cancellationToken), seed % 2 == 0 ? scenario.Table : null, cancellationToken);

        string[] found = [.. proposal.Properties.Where(property => property.IsActive).Select(property => $"{property.Definition.Column} -> {property.Definition.Mirror}")];
        string[] certain = [.. proposal.Properties.Where(property => property.IsCertain).Select(property => $"{property.Definition.Column} -> {property.Definition.Mirror}")];
        string[] right = [.. scenario.Pairs.Select(pair => $"{pair.Column} -> {pair.Mirror}")];
        string[] missed = [.. right.Except(found)];
        string[] wrong = [.. found.Except(right)];
        string[] wrongCertain = [.. certain.Except(right)];
        string text = $"{scenario.Name}: {right.Length} pairs, missed {string.Join(", ", missed)}; wrong {string.Join(", ", wrong)}; WRONG AND CERTAIN {string.Join(", ", wrongCertain)}\n{ProposalText.Of(proposal)}";
        await NoteAsync(seed, shape, scenario, proposal, text, (right.Length, missed, found.Length, wrong, certain.Length, wrongCertain));
        Assert.True(proposal.Table == scenario.Table && proposal.Id.Column == scenario.IdColumn && proposal.Id.Key == scenario.KeyColumn, text);
        Assert.True(wrongCertain.Length == 0, text);
        Assert.True(missed.Length <= right.Length * (1 - LeastRecall), text);
    }

    // For tuning: a line per scenario, and each proposal, in the folder that RECON_PROPOSALS names.
    private static async Task NoteAsync(
        int seed, Shape shape, Scenario scenario, PipelineProposal proposal, string text, (int Right, string[] Missed, int Found, string[] Wrong, int Certain, string[] WrongCertain) counts)
    {
        if (Environment.GetEnvironmentVariable("RECON_PROPOSALS") is not { Length: > 0 } folder)
        {
            return;
        }

        string key = proposal.Id.Column == scenario.IdColumn && proposal.Id.Key == scenario.KeyColumn ? "key" : "BADKEY";
        string parent = scenario.ParentColumn is null ? "-" : proposal.Parents.Any(found => found.Column == scenario.ParentColumn) ? "parent" : "NOPARENT";
        string line = string.Join('\t',
            seed, shape.Name, counts.Right, counts.Missed.Length, counts.Found, counts.Wrong.Length, counts.Certain, counts.WrongCertain.Length, key, parent,
            proposal.Parents.Count(found => found.Column != scenario.ParentColumn),
            $"missed: {string.Join(", ", counts.Missed)}", $"wrong: {string.Join(", ", counts.Wrong)}", $"certain: {string.Join(", ", counts.WrongCertain)}");
        await File.AppendAllTextAsync(Path.Combine(folder, "scores.txt"), line + "\n");
        await File.WriteAllTextAsync(Path.Combine(folder, $"s_{scenario.Name}.txt"), text);
    }
}
