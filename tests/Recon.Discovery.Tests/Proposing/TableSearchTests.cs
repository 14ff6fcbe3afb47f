using Recon.Discovery.Proposing;
using Recon.Testing;

namespace Recon.Discovery.Tests.Proposing;

/// <summary>Tables that nobody named and that cannot be read, must not be changed, or take too long.</summary>
public sealed class TableSearchTests(PostgresServer server) : ProposingTests(server)
{
    private const string Companies = "create schema hubspot; create table hubspot.companies as select 5000000000 + n as hs_object_id, n as legacy_id, 'Firm ' || md5(n::text) as name from generate_series(1, 200) n; ";

    [Theory]
    [InlineData(null)]
    [InlineData("hubspot.companies")]
    public async Task ProposeAsync_AnotherViewIsBroken_LeavesItOutAndSaysSo(string? table)
    {
        await Database.ExecuteAsync($"{Companies} create view hubspot.broken as select 1 / (n - n) as x from generate_series(1, 3) n");

        PipelineProposal proposal = await ProposeAsync("Id;Nom;Autre", await RecordsAsync(), table);

        Assert.Equal("hubspot.companies", proposal.Table);
        Assert.Contains(proposal.File.Notes, note => note.Contains("hubspot.broken", StringComparison.Ordinal));
    }

    [Fact]
    public async Task ProposeAsync_AViewThatWrites_WritesNothing()
    {
        await Database.ExecuteAsync($"{Companies} create sequence hubspot.numbers; create view hubspot.counting as select nextval('hubspot.numbers') as id from generate_series(1, 10)");

        PipelineProposal proposal = await ProposeAsync("Id;Nom;Autre", await RecordsAsync());

        Assert.Equal("hubspot.companies", proposal.Table);
        Assert.Equal("false", Assert.Single(await NamesAsync("select is_called::text from hubspot.numbers")));
    }

    [Fact]
    public async Task ProposeAsync_NoTimeForOtherTables_SaysWhichWereNotLookedAt()
    {
        await Database.ExecuteAsync(Companies);

        PipelineProposal proposal = await ProposeAsync("Id;Nom;Autre", await RecordsAsync(), "hubspot.companies", TimeSpan.Zero);

        Assert.Equal(200, proposal.Id.Shared);
        Assert.Contains(proposal.File.Notes, note => note.StartsWith("Not looked at", StringComparison.Ordinal) && note.Contains("hubspot.companies", StringComparison.Ordinal));
    }

    // A second column that could be a parent's id, so that other tables are looked at.
    private async Task<string[]> RecordsAsync() => await NamesAsync("select n || ';Firm ' || md5(n::text) || ';' || n * 7 from generate_series(1, 200) n");
}
