using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Recon.Cli.Tests.Support;
using Recon.ObjectStorage.Tests.Support;
using Recon.Testing;

namespace Recon.ObjectStorage.Tests.Runs;

/// <summary>Runs of the command line from objects: what they stage, refuse and resume.</summary>
public sealed partial class ObjectRunTests(PostgresServer server)
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
        Func<Asked, bool> isLast = LastBlockOfTheRun();
        storage.Trouble = (_, asked) =>
        {
            storage.EntityTag = isRead && asked.IsLook ? "\"two\"" : storage.EntityTag;
            isRead |= isLast(asked);
            return Task.FromResult(false);
        };

        CliRun run = await database.ReconAsync("run", "communications", "--input", storage.Address);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("its ETag was \"one\", now \"two\"", run.Error.ReplaceLineEndings(" "), StringComparison.Ordinal);
        Assert.False(await database.QueryValueAsync<bool>("select exists (select from staging.communications_reconciliation)"));
    }

    // A signature that expired in the run, and its successor: the object is the same.
    [Fact]
    public async Task Run_RefusedInItsMiddle_IsResumedWithANewSignature()
    {
        await using TestDatabase database = await DemoDatabase.CreateAsync(server);
        await using ObjectServer storage = await StartAsync();
        using TempFolder folder = await DefinedAsync(storage.Address + Secret);
        string[] run = ["run", "communications", "--definition", folder.File("pipeline.json"), "--postgres", database.ConnectionString];
        Assert.Equal(0, (await CliRun.OfAsync(run)).ExitCode);
        string expected = await Staged.ReadAsync(database);
        await database.ExecuteAsync("drop schema staging cascade");
        RefuseLastBlock(storage, 403);

        CliRun expired = await CliRun.OfAsync(run);
        storage.Trouble = static (_, _) => Task.FromResult(false);
        CliRun without = await CliRun.OfAsync(run);
        using TempFolder renewed = await DefinedAsync(storage.Address + "?sig=renewed");
        CliRun resumed = await CliRun.OfAsync(["run", "communications", "--resume", "--definition", renewed.File("pipeline.json"), "--postgres", database.ConnectionString]);

        Assert.True((expired.ExitCode, without.ExitCode) == (2, 2), expired.Error + without.Error);
        Assert.Contains("has expired", expired.Error, StringComparison.Ordinal);
        Assert.True(resumed.ExitCode == 0, resumed.Error);
        Assert.Equal(expected, await Staged.ReadAsync(database));
        Assert.DoesNotContain("secret", expired.Error + without.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_StorageThatGoesAway_EndsResumableAndSaysSo()
    {
        await using TestDatabase database = await DemoDatabase.CreateAsync(server);
        await using ObjectServer storage = await StartAsync();
        using TempFolder folder = await DefinedAsync(storage.Address + Secret);
        string[] run = ["run", "communications", "--definition", folder.File("pipeline.json"), "--postgres", database.ConnectionString];
        Func<Asked, bool> isLast = LastBlockOfTheRun();
        storage.Trouble = (http, asked) =>
        {
            bool isGone = isLast(asked);
            http.Response.StatusCode = isGone ? 429 : 200;
            http.Response.Headers.RetryAfter = "3600";
            return Task.FromResult(isGone);
        };

        CliRun gone = await CliRun.OfAsync(run);
        string log = await Staged.LogAsync(database);
        storage.Trouble = static (_, _) => Task.FromResult(false);
        CliRun resumed = await CliRun.OfAsync([.. run, "--resume"]);

        Assert.Equal((4, 0), (gone.ExitCode, resumed.ExitCode));
        Assert.Contains("wants to be left alone for 3600 s", gone.Error.ReplaceLineEndings(" "), StringComparison.Ordinal);
        Assert.Contains("wants to be left alone", log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Resume_OfAnObjectWithAnotherETag_IsRefused()
    {
        await using TestDatabase database = await DemoDatabase.CreateAsync(server);
        await using ObjectServer storage = await StartAsync();
        using TempFolder folder = await DefinedAsync(storage.Address + Secret);
        string[] run = ["run", "communications", "--definition", folder.File("pipeline.json"), "--postgres", database.ConnectionString];
        RefuseLastBlock(storage, 404);
        Assert.Equal(2, (await CliRun.OfAsync(run)).ExitCode);
        (storage.Trouble, storage.EntityTag) = (static (_, _) => Task.FromResult(false), "\"two\"");

        CliRun resumed = await CliRun.OfAsync([.. run, "--resume"]);

        Assert.Equal(2, resumed.ExitCode);
        Assert.Contains($"the input ({storage.Address}) has changed since", resumed.Error.ReplaceLineEndings(" "), StringComparison.Ordinal);
        Assert.DoesNotContain("secret", resumed.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Check_OfADefinitionWithAnAddress_KnowsTheObject()
    {
        await using TestDatabase database = await DemoDatabase.CreateAsync(server);
        await using ObjectServer storage = await StartAsync();
        string address = storage.Address;
        using TempFolder folder = await DefinedAsync(address + Secret);
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

        Assert.True(good.ExitCode == 0, good.Out);
        Assert.Contains($"{address}, 2,370,422 bytes: header and encoding are good", good.Out, StringComparison.Ordinal);
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

    private static void RefuseLastBlock(ObjectServer storage, int status)
    {
        Func<Asked, bool> isLast = LastBlockOfTheRun();
        storage.Trouble = (http, asked) =>
        {
            bool refuses = isLast(asked);
            http.Response.StatusCode = refuses ? status : 200;
            return Task.FromResult(refuses);
        };
    }

    // A block of half a megabyte: the sample of cut texts asks for it first, before the run has begun.
    private static Func<Asked, bool> LastBlockOfTheRun()
    {
        int number = 0;
        return asked => asked.From > 1_800_000 && asked.To - asked.From > 100_000 && Interlocked.Increment(ref number) > 1;
    }

    private static async Task<ObjectServer> StartAsync()
        => await ObjectServer.StartAsync(await File.ReadAllBytesAsync(Repository.Shipped("Bronze_Communication.csv"), TestContext.Current.CancellationToken));

    private static async Task<TempFolder> DefinedAsync(string address)
    {
        var folder = TempFolder.WithDefinition();
        string definition = folder.File("pipeline.json");
        string text = await File.ReadAllTextAsync(definition, TestContext.Current.CancellationToken);
        text = text.Replace("\"bronze_layer/Bronze_Communication.csv\"", JsonValue.Create(address).ToJsonString(), StringComparison.Ordinal);
        await File.WriteAllTextAsync(definition, BatchRows().Replace(text, "\"batch\", \"rows\": 100"), TestContext.Current.CancellationToken);
        return folder;
    }

    [GeneratedRegex("\"batch\",[^}]*\"rows\": [0-9]+")]
    private static partial Regex BatchRows();
}
