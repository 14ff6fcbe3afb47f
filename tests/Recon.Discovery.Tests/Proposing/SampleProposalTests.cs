using Npgsql;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Values;
using Recon.Discovery.Profiling;
using Recon.Discovery.Proposing;
using Recon.Postgres.Queries;
using Recon.Samples;
using Recon.Testing;

namespace Recon.Discovery.Tests.Proposing;

/// <summary>The files of the shipped sample against the demo mirror: what is proposed is what is shipped.</summary>
public sealed class SampleProposalTests(PostgresServer server) : IAsyncLifetime
{
    private TestDatabase _database = null!;
    private NpgsqlDataSource _source = null!;

    public async ValueTask InitializeAsync()
    {
        _database = await server.CreateDatabaseAsync();
        _source = NpgsqlDataSource.Create(_database.ConnectionString);
        var generator = new SampleGenerator(SampleOptions.Demo);
        await SchemaLoad.EnsureAsync(
            _source,
            new SchemaContent(
                MirrorSchema.Name,
                MirrorSchema.CreateSql,
                [.. MirrorSchema.Tables.Select(table => (table.CopySql, (Func<Stream, CancellationToken, Task>)((rows, token) => generator.WriteMirrorAsync(table, rows, token))))],
                MirrorSchema.IndexSql),
            () => { },
            TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await _source.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Theory]
    [InlineData("companies")]
    [InlineData("contacts")]
    [InlineData("deals")]
    [InlineData("communications")]
    public async Task ProposeAsync_OfTheShippedSample_IsWhatIsShipped(string name)
    {
        string root = Repository.Root;
        ValidPipeline shipped = DefinitionReader.Read(Path.Combine(root, "pipeline.json")).Definition!.Pipelines.Single(pipeline => pipeline.Name == name);

        PipelineProposal proposal = await new Proposer(_source, new DefaultsDefinition())
            .ProposeAsync(
                await FileProfiler.ReadAsync(Path.Combine(root, shipped.Csv.Path), new ProfileOptions(), TestContext.Current.CancellationToken), null, TestContext.Current.CancellationToken);

        string text = ProposalText.Of(proposal);
        Assert.True(proposal.Table == shipped.Match.Table, text);
        Assert.True((proposal.Id.Column, proposal.Id.Key, proposal.Id.HubspotId, proposal.Id.Type, proposal.Id.Form)
            == (shipped.Csv.Id, shipped.Match.Key, shipped.Match.Id, shipped.Csv.IdType, shipped.Csv.IdForm), text);
        Assert.True(proposal.Id.IsCertain, text);
        string[] missing = [.. shipped.Diff.Properties.Where(wanted => !proposal.Properties.Any(property => property.IsActive
                && property.Definition.Property == wanted.Property && property.Definition.Column == wanted.Column))
            .Select(wanted => wanted.Property)];
        Assert.True(missing is [], $"{string.Join(", ", missing)} missing: {text}");
        string[] wrong = [.. proposal.Properties.Where(property => property.IsActive && !shipped.Diff.Properties.Any(wanted =>
            property.Definition.Property == wanted.Property && property.Definition.Column == wanted.Column)).Select(property => property.Definition.Property)];
        Assert.True(wrong is [], $"{string.Join(", ", wrong)} too many: {text}");
        string[] wantedParents = [.. shipped.Lookups.Where(lookup => lookup.Role == LookupRole.Parent)
            .Select(lookup => $"{lookup.Block.Name} {lookup.From} {lookup.Table} {lookup.Key} {lookup.Id}").Order()];
        string[] parents = [.. proposal.Parents.Select(parent => $"{parent.Name} {parent.Column} {parent.Table} {parent.Key} {parent.HubspotId}").Order()];
        Assert.True(wantedParents.SequenceEqual(parents) && proposal.Parents.All(parent => parent.IsCertain), text);
        Assert.True(shipped.Csv.Exclude.Select(filter => (filter.Column, filter.EqualTo)).SequenceEqual(proposal.Exclude.Select(filter => (filter.Column, (string?)filter.EqualTo))), text);
        Assert.True(proposal.Where is [{ Column: "archived", EqualTo: "false" }], text);
    }
}
