using System.Security.Cryptography.X509Certificates;
using Recon.Postgres.Runs.Shared;
using Recon.Testing;

namespace Recon.Cluster.Tests;

public sealed class ClusterNodeTests(PostgresServer server)
{
    private static readonly WorkerCard s_worker = new("w", "host", 1, "1");

    [Fact]
    public async Task Exchange_OfTwoSilos_LeadsToTheFirst()
    {
        await using ClusterWorld world = await ClusterWorld.CreateAsync(server);
        (ClusterNode one, NamedHost host) = await world.StartAsync("one");
        (ClusterNode two, _) = await world.StartAsync("two");

        Assert.Equal("w at one", await AskAsync(two));
        Assert.Equal("w at one", await AskAsync(one));
        var report = new WorkerReport("w", world.Job, 4, [.. Enumerable.Range(1, 5000).Select(batch => new CommittedEntry(batch, "{}", 7))], []);
        WorkerOrders orders = await two.Exchange.ReportAsync(report, TestContext.Current.CancellationToken);
        Assert.Equal(OrderState.GoOn, orders.State);
        Assert.Equal(5000, host.Longest);
    }

    [Fact]
    public async Task Exchange_OfJobWhoseRowNamesTheSecondSilo_LeadsThere()
    {
        await using ClusterWorld world = await ClusterWorld.CreateAsync(server);
        (ClusterNode one, _) = await world.StartAsync("one");
        (ClusterNode two, _) = await world.StartAsync("two");
        world.Coordinator = two.Silo;

        // The other may not have heard yet that this one is there.
        Assert.Equal("w at two", await AskAsync(two));
        Assert.Equal("w at two", await AskAsync(one));
    }

    [Fact]
    public async Task Exchange_AfterTheCoordinatorIsGone_LeadsToTheSecond()
    {
        await using ClusterWorld world = await ClusterWorld.CreateAsync(server);
        (ClusterNode one, _) = await world.StartAsync("one");
        (ClusterNode two, _) = await world.StartAsync("two");
        (ClusterNode three, _) = await world.StartAsync("three");
        world.Coordinator = one.Silo;
        Assert.Equal("w at one", await AskAsync(three));

        await one.AbandonAsync();

        await Until.TrueAsync("the second silo", async () => await AskAsync(three) == "w at two", TestContext.Current.CancellationToken);
        Assert.Equal("w at two", await AskAsync(two));
    }

    [Fact]
    public async Task Exchange_AfterAWorkerIsGone_LeadsToTheCoordinatorStill()
    {
        await using ClusterWorld world = await ClusterWorld.CreateAsync(server);
        (ClusterNode one, _) = await world.StartAsync("one");
        (ClusterNode two, _) = await world.StartAsync("two");
        (ClusterNode three, _) = await world.StartAsync("three");
        world.Coordinator = two.Silo;
        Assert.Equal("w at two", await AskAsync(two));
        Assert.Equal("w at two", await AskAsync(three));

        await one.AbandonAsync();

        await Until.TrueAsync("an answer", async () => await AskAsync(three) is not null, TestContext.Current.CancellationToken);
        Assert.Equal("w at two", await AskAsync(three));
    }

    [Fact]
    public async Task Silos_OfTwoJobs_DoNotKnowEachOther()
    {
        await using ClusterWorld world = await ClusterWorld.CreateAsync(server);
        (ClusterNode one, _) = await world.StartAsync("one");
        var host = new NamedHost("other", () => null);
        await using ClusterNode other = await ClusterNode.StartAsync(
            world.Settings() with { Job = Guid.NewGuid() }, host, TestContext.Current.CancellationToken);

        Assert.Equal("w at one", await AskAsync(one));
        Assert.Equal("w at other", await AskAsync(other));
    }

    [Fact]
    public async Task Silos_WithTheSameCertificate_FindEachOther()
    {
        await using ClusterWorld world = await ClusterWorld.CreateAsync(server);
        using X509Certificate2 certificate = Certificates.Make();
        (ClusterNode _, _) = await world.StartAsync("one", certificate);
        (ClusterNode two, _) = await world.StartAsync("two", certificate);

        Assert.Equal("w at one", await AskAsync(two));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Silo_WithoutTheCertificateOfTheOthers_CannotJoin(bool withAnother)
    {
        await using ClusterWorld world = await ClusterWorld.CreateAsync(server);
        using X509Certificate2 certificate = Certificates.Make();
        using X509Certificate2 another = Certificates.Make();
        (ClusterNode one, _) = await world.StartAsync("one", certificate);
        world.Coordinator = one.Silo;

        ClusterException refused = await Assert.ThrowsAsync<ClusterException>(() => world.StartAsync("two", withAnother ? another : null));
        Assert.Contains("cannot be joined", refused.Message, StringComparison.Ordinal);
        Assert.Equal("w at one", await AskAsync(one));
    }

    [Fact]
    public async Task Member_GivenUpByTheOthers_JoinsAgain()
    {
        await using ClusterWorld world = await ClusterWorld.CreateAsync(server);
        (ClusterNode one, _) = await world.StartAsync("one");
        world.Coordinator = one.Silo;
        await using ClusterMember member = await ClusterMember.JoinAsync(
            world.Settings(), new NamedHost("member", () => world.Coordinator), TestContext.Current.CancellationToken);
        string former = member.Silo!;

        // As a silo does that misses its probes.
        await world.ExecuteAsync($"""
            update recon_cluster.orleansmembershiptable set status = 6 where port = {new Uri($"tcp://{former[1..].Split('@')[0]}").Port};
            update recon_cluster.orleansmembershipversiontable set version = version + 1
            """);

        await Until.TrueAsync(
            "another silo", () => Task.FromResult(member.Silo is { } silo && silo != former), TestContext.Current.CancellationToken);
        Assert.Equal("w at one", (await member.JoinAsync(s_worker, TestContext.Current.CancellationToken)).Message);
    }

    private static async Task<string?> AskAsync(ClusterNode node)
    {
        try
        {
            return (await node.Exchange.JoinAsync(s_worker, TestContext.Current.CancellationToken)).Message;
        }
        catch (ExchangeUnavailableException)
        {
            return null;
        }
    }
}
