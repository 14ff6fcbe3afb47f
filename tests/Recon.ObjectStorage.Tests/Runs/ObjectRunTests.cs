using System.Text.Json.Nodes;
using Recon.Cli.Tests.Support;
using Recon.ObjectStorage.Tests.Support;
using Recon.Testing;

namespace Recon.ObjectStorage.Tests.Runs;

/// <summary>Runs of the command line from objects: what they stage, refuse and resume.</summary>
public sealed class ObjectRunTests(PostgresServer server)
{
    private const string Secret = "?sig=very-secret";

    [Fact]
    public async Task Run_FromAnObject_StagesWhatTheFileDoes()
    {
        await using TestDatabase database = await DemoDatabase.CreateAsync(server);
        await using ObjectServer storage = await StartAsync();
        CliRun ofFile = await database.ReconAsync("run", "communications", "--quiet");
        string expected = await Staged.ReadAsync(database);
        await database.ExecuteAsync("drop schema staging cascade");

        CliRun ofObject = await database.ReconAsync("run", "communications", "--input", storage.Address + Secret);
        CliRun explained = await database.ReconAsync("explain", "communications", "1", "--input", storage.Address + Secret);
        CliRun loaded = await database.ReconAsync("load", "communications", "--input", storage.Address + Secret);

        Assert.True((ofFile.ExitCode, ofObject.ExitCode) == (0, 0), ofFile.Error + ofObject.Error);
        Assert.Equal(expected, await Staged.ReadAsync(database));
        Assert.Equal(storage.Address, await database.QueryValueAsync<string>("select distinct source_file from staging.reconciliation_rejects"));
        Assert.Equal(0, loaded.ExitCode);
        Assert.DoesNotContain(
            "secret",
            string.Concat(ofObject.Out, ofObject.Error, explained.Out, explained.Error, loaded.Out, loaded.Error, await Staged.LogAsync(database)),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_ObjectOverwrittenMeanwhile_IsRefusedAndPublishesNothing()
    {
        await using TestDatabase database = await DemoDatabase.CreateAsync(server);
        await using ObjectServer storage = await StartAsync();
        Assert.Equal(0, (await database.ReconAsync("run", "communications", "--quiet", "--input", storage.Address)).ExitCode);
        string before = await Staged.ReadAsync(database);
        storage.Trouble = (_, asked) =>
        {
            storage.EntityTag = asked.From >= 1_000_000 ? "\"two\"" : storage.EntityTag;
            return Task.FromResult(false);
        };

        CliRun run = await database.ReconAsync("run", "communications", "--input", storage.Address);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains($"{storage.Address} changed while it was read", run.Error.ReplaceLineEndings(" "), StringComparison.Ordinal);
        Assert.Equal(before, await Staged.ReadAsync(database));

        storage.Trouble = static (_, _) => Task.FromResult(false);
        Assert.Equal(0, (await database.ReconAsync("run", "communications", "--quiet", "--input", storage.Address)).ExitCode);
    }

    // It was read to its last byte before: only a last look shows it.
    [Fact]
    public async Task Run_ObjectOverwrittenAtTheVeryEnd_IsRefusedAndPublishesNothing()
    {
        await using TestDatabase database = await DemoDatabase.CreateAsync(server);
        await using ObjectServer storage = await StartAsync();
        bool isRead = false;
        storage.Trouble = (_, asked) =>
        {
            storage.EntityTag = isRead && asked.IsLook ? "\"two\"" : storage.EntityTag;
            isRead |= asked.From >= 1_700_000 && asked.To - asked.From > 100_000;
            return Task.FromResult(false);
        };

        CliRun run = await database.ReconAsync("run", "communications", "--input", storage.Address);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("its ETag was \"one\", now \"two\"", run.Error.ReplaceLineEndings(" "), StringComparison.Ordinal);
        Assert.False(await database.QueryValueAsync<bool>("select exists (select from staging.communications_reconciliation)"));
    }

    [Fact]
    public async Task Run_StorageThatGoesAway_IsResumedWhenItIsBack()
    {
        await using TestDatabase database = await DemoDatabase.CreateAsync(server);
        await using ObjectServer storage = await StartAsync();
        Assert.Equal(0, (await database.ReconAsync("run", "communications", "--quiet", "--input", storage.Address)).ExitCode);
        string expected = await Staged.ReadAsync(database);
        await database.ExecuteAsync("drop schema staging cascade");
        storage.Trouble = (http, asked) =>
        {
            http.Response.StatusCode = 403;
            return Task.FromResult(asked is { From: >= 1_700_000, IsLook: false } && asked.To - asked.From > 100_000);
        };

        CliRun expired = await database.ReconAsync("run", "communications", "--input", storage.Address + Secret);
        storage.Trouble = static (_, _) => Task.FromResult(false);
        CliRun without = await database.ReconAsync("run", "communications", "--input", storage.Address);
        CliRun resumed = await database.ReconAsync("run", "communications", "--resume", "--input", storage.Address + "?sig=renewed");

        Assert.Equal((2, 2), (expired.ExitCode, without.ExitCode));
        Assert.Contains("has expired", expired.Error, StringComparison.Ordinal);
        Assert.True(resumed.ExitCode == 0, resumed.Error);
        Assert.Equal(expected, await Staged.ReadAsync(database));
    }

    [Fact]
    public async Task Resume_OfAnObjectWithAnotherETag_IsRefused()
    {
        await using TestDatabase database = await DemoDatabase.CreateAsync(server);
        await using ObjectServer storage = await StartAsync();
        storage.Trouble = (http, asked) =>
        {
            http.Response.StatusCode = 404;
            return Task.FromResult(asked is { From: >= 1_700_000, IsLook: false } && asked.To - asked.From > 100_000);
        };
        Assert.Equal(2, (await database.ReconAsync("run", "communications", "--input", storage.Address + Secret)).ExitCode);
        (storage.Trouble, storage.EntityTag) = (static (_, _) => Task.FromResult(false), "\"two\"");

        CliRun resumed = await database.ReconAsync("run", "communications", "--resume", "--input", storage.Address + Secret);

        Assert.Equal(2, resumed.ExitCode);
        Assert.Contains($"the input ({storage.Address}) has changed since", resumed.Error.ReplaceLineEndings(" "), StringComparison.Ordinal);
        Assert.DoesNotContain("secret", resumed.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Check_OfADefinitionWithAnAddress_KnowsTheObject()
    {
        await using TestDatabase database = await DemoDatabase.CreateAsync(server);
        await using ObjectServer storage = await StartAsync();
        using TempFolder folder = await DefinedAsync(storage.Address + Secret);
        string[] check = ["check", "communications", "--json", "--definition", folder.File("pipeline.json"), "--postgres", database.ConnectionString];

        CliRun good = await CliRun.OfAsync(check);
        storage.EntityTag = null;
        CliRun unmarked = await CliRun.OfAsync(check);
        storage.Trouble = (http, _) =>
        {
            http.Response.StatusCode = 404;
            return Task.FromResult(true);
        };
        CliRun missing = await CliRun.OfAsync(check);
        await storage.DisposeAsync();

        Assert.True(good.ExitCode == 0, good.Out);
        Assert.Contains($"{storage.Address}, 2,370,422 bytes: header and encoding are good", good.Out, StringComparison.Ordinal);
        Assert.Equal((2, 2), (unmarked.ExitCode, missing.ExitCode));
        Assert.Contains("gives it no ETag", unmarked.Out, StringComparison.Ordinal);
        Assert.Contains("does not exist", missing.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", good.Out + unmarked.Out + missing.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("s3://bucket/exports/*.csv", "are not looked for in object storage")]
    [InlineData("s3://bucket", "names a bucket or a folder")]
    [InlineData("http://storage.test/a.csv", "in the clear")]
    [InlineData("ftp://storage.test/a.csv", "not from ftp://")]
    public async Task Check_OfAnAddressThatIsNone_PointsAtItInTheDefinition(string address, string says)
    {
        using TempFolder folder = await DefinedAsync(address);

        CliRun check = await CliRun.OfAsync("check", "--definition", folder.File("pipeline.json"));

        Assert.Equal(2, check.ExitCode);
        Assert.Contains(says, check.Error.ReplaceLineEndings(" "), StringComparison.Ordinal);
        Assert.Contains(".path", check.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("profile", "s3://bucket/a.csv")]
    [InlineData("init", "--csv", "s3://bucket/a.csv", "--table", "hubspot.companies")]
    public async Task Command_ThatLooksAtFilesOnly_SaysSo(params string[] args)
    {
        CliRun run = await CliRun.OfAsync(args);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("s3://bucket/a.csv is an object in storage", run.Error.ReplaceLineEndings(" "), StringComparison.Ordinal);
    }

    private static async Task<ObjectServer> StartAsync()
        => await ObjectServer.StartAsync(await File.ReadAllBytesAsync(Repository.Shipped("Bronze_Communication.csv"), TestContext.Current.CancellationToken));

    private static async Task<TempFolder> DefinedAsync(string address)
    {
        var folder = TempFolder.WithDefinition();
        string definition = folder.File("pipeline.json");
        string text = await File.ReadAllTextAsync(definition, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(
            definition,
            text.Replace("\"bronze_layer/Bronze_Communication.csv\"", JsonValue.Create(address).ToJsonString(), StringComparison.Ordinal),
            TestContext.Current.CancellationToken);
        return folder;
    }
}
