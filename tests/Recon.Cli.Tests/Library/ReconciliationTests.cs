using Recon.Cli.Tests.Support;
using Recon.Dataflow.Binding;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Values.Custom;
using Recon.Postgres.Runs;
using Recon.Testing;

namespace Recon.Cli.Tests.Library;

public sealed class ReconciliationTests(PostgresServer server)
{
    private static readonly string s_custom = Path.Combine(Repository.Root, "docs", "examples", "custom-conversion.json");

    [Fact]
    public async Task Run_OnePipeline_GivesATypedResultAndProgress()
    {
        await using TestDatabase database = await DemoDatabase.CreateAsync(server);
        List<RunState> states = [];
        var options = new ReconciliationOptions { OnProgress = (_, state) => states.Add(state) };

        PipelineResult result;
        await using (var recon = await Reconciliation.OpenAsync(DemoDatabase.Definition, database.ConnectionString, options))
        {
            result = await recon.RunAsync("companies");
        }

        Assert.Equal(RunOutcome.Completed, result.Outcome);
        Assert.Equal(255, result.Counts.Matched);
        Assert.Equal(300, states[^1].RecordsCommitted);
    }

    [Fact]
    public async Task Run_UnknownPipeline_NamesThoseThereAre()
    {
        await using var recon = await Reconciliation.OpenAsync(DemoDatabase.Definition, "Host=127.0.0.1;Username=nobody");

        ArgumentException exception = await Assert.ThrowsAsync<ArgumentException>(() => recon.RunAsync("company"));

        Assert.Contains("companies, contacts, deals, communications", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_UnregisteredConversion_IsAProblemWithItsPlace()
    {
        DefinitionException exception = await Assert.ThrowsAsync<DefinitionException>(() => Reconciliation.OpenAsync(
            s_custom,
            options: new ReconciliationOptions { Conversions = new Dictionary<string, CustomConverter> { ["company-names"] = name => name } }));

        DefinitionProblem problem = Assert.Single(exception.Problems);
        Assert.EndsWith(".convert[0].name", problem.JsonPath, StringComparison.Ordinal);
        Assert.Contains("did you mean 'company-names'", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task DryRun_CustomConversion_ConvertsRejectsAndBlanks()
    {
        await using TestDatabase database = await DemoDatabase.CreateAsync(server);
        var options = new ReconciliationOptions
        {
            Conversions = new Dictionary<string, CustomConverter>
            {
                ["company-name"] = name => name.StartsWith("Fonderie", StringComparison.Ordinal) ? null
                    : name.StartsWith("Atelier", StringComparison.Ordinal) ? "" : name + " (converted)",
            },
        };
        await using var recon = await Reconciliation.OpenAsync(s_custom, database.ConnectionString, options);

        DryRunResult result = await recon.DryRunAsync("companies", samples: 1_000);

        Assert.NotEmpty(result.Samples);
        Assert.All(result.Samples, sample => Assert.EndsWith(" (converted)", sample.Properties[0].Converted, StringComparison.Ordinal));
        Assert.DoesNotContain(result.Samples, sample => sample.Properties[0].Converted!.StartsWith("Atelier", StringComparison.Ordinal));
        Assert.Contains(result.Counts.RejectedValues, entry => entry.Key.Reason == "custom-refused");
    }

    [Fact]
    public async Task CommandLine_CustomConversion_IsADefinitionProblem()
    {
        CliRun run = await CliRun.OfAsync("mapping", "--definition", s_custom);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("no conversion is registered under 'company-name'; none is", run.Error, StringComparison.Ordinal);
    }
}
