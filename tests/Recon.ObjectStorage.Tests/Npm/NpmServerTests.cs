using Recon.Cli.Tests.Support;
using Recon.Dataflow;
using Recon.Dataflow.Extract;
using Recon.ObjectStorage.Tests.Support;
using Recon.Testing;

namespace Recon.ObjectStorage.Tests.Npm;

/// <summary>Servers that others have written: s3rver for S3, Azurite for Azure Blob.</summary>
public sealed class NpmServerTests(PostgresServer server)
{
    private const string Key = "2026 é+(1)~/Bronze_Communication.csv";

    private static readonly byte[] s_content = File.ReadAllBytes(Repository.Shipped("Bronze_Communication.csv"));

    [Fact]
    public async Task Run_FromS3_StagesWhatTheFileDoes()
    {
        await using S3rver storage = await S3rver.StartAsync();
        await storage.PutAsync(Key, s_content);

        await RequireSameResultAsync($"s3://{S3rver.Bucket}/{Key}", storage.Environment);
    }

    [Fact]
    public async Task Run_FromAzureBlob_StagesWhatTheFileDoes()
    {
        await using Azurite storage = await Azurite.StartAsync();
        await storage.PutAsync("Bronze_Communication.csv", s_content);

        await RequireSameResultAsync($"{storage.Address("Bronze_Communication.csv")}?{storage.Signature("r")}", []);
        await RequireSameResultAsync(storage.Address("Bronze_Communication.csv"), new() { ["AZURE_STORAGE_SAS_TOKEN"] = storage.Signature("r") });
    }

    [Fact]
    public async Task Read_FromS3WhileTheObjectIsOverwritten_IsRefusedAsMixed()
    {
        await using S3rver storage = await S3rver.StartAsync();
        await storage.PutAsync(Key, s_content);
        using ObjectStore objects = Storage.Open(storage.Environment);

        await RequireMixedAsync(await objects.FindAsync($"s3://{S3rver.Bucket}/{Key}"), () => storage.PutAsync(Key, s_content[..^1]));
    }

    [Fact]
    public async Task Read_FromAzureBlobWhileTheBlobIsOverwritten_IsRefusedAsMixed()
    {
        await using Azurite storage = await Azurite.StartAsync();
        await storage.PutAsync("things.csv", s_content);
        using ObjectStore objects = Storage.Open();

        await RequireMixedAsync(
            await objects.FindAsync($"{storage.Address("things.csv")}?{storage.Signature("r")}"), () => storage.PutAsync("things.csv", s_content));
    }

    [Fact]
    public async Task Find_InS3_SaysWhatIsWrong()
    {
        await using S3rver storage = await S3rver.StartAsync();
        await storage.PutAsync("empty.csv", []);
        using ObjectStore objects = Storage.Open(storage.Environment);
        using ObjectStore strangers = Storage.Open(new(storage.Environment) { ["AWS_ACCESS_KEY_ID"] = "another" });

        InputException missing = await Assert.ThrowsAsync<InputException>(() => objects.FindAsync($"s3://{S3rver.Bucket}/missing.csv").AsTask());
        InputException forbidden = await Assert.ThrowsAsync<InputException>(() => strangers.FindAsync($"s3://{S3rver.Bucket}/empty.csv").AsTask());

        Assert.Contains("answered 404 NoSuchKey). Check bucket, key and region.", missing.Message, StringComparison.Ordinal);
        Assert.Contains("answered 403 InvalidAccessKeyId). Check AWS_ACCESS_KEY_ID", forbidden.Message, StringComparison.Ordinal);
        Assert.Equal(0, (await objects.FindAsync($"s3://{S3rver.Bucket}/empty.csv")).Length);
    }

    [Fact]
    public async Task Find_InAzureBlob_SaysWhatIsWrong()
    {
        await using Azurite storage = await Azurite.StartAsync();
        await storage.PutAsync("empty.csv", []);
        using ObjectStore objects = Storage.Open();

        InputException missing = await Assert.ThrowsAsync<InputException>(() => objects.FindAsync($"{storage.Address("missing.csv")}?{storage.Signature("r")}").AsTask());
        InputException forbidden = await Assert.ThrowsAsync<InputException>(() => objects.FindAsync($"{storage.Address("empty.csv")}?{storage.Signature("w")}").AsTask());

        Assert.Contains("answered 404 BlobNotFound). Check the address.", missing.Message, StringComparison.Ordinal);
        Assert.Contains("answered 403 AuthorizationPermissionMismatch). The signature in the query", forbidden.Message, StringComparison.Ordinal);
        Assert.Equal(0, (await objects.FindAsync($"{storage.Address("empty.csv")}?{storage.Signature("r")}")).Length);
    }

    private async Task RequireSameResultAsync(string input, Dictionary<string, string> environment)
    {
        await using TestDatabase database = await DemoDatabase.CreateAsync(server);
        string[] run = ["run", "communications", "--quiet", "--definition", DemoDatabase.Definition, "--postgres", database.ConnectionString];
        CliRun ofFile = await CliRun.OfAsync(run);
        string expected = await Staged.ReadAsync(database);
        await database.ExecuteAsync("drop schema staging cascade");

        CliRun ofObject = await CliRun.InAsync(environment, [.. run, "--input", input]);

        Assert.True((ofFile.ExitCode, ofObject.ExitCode) == (0, 0), ofFile.Error + ofObject.Error);
        Assert.Equal(expected, await Staged.ReadAsync(database));
    }

    private static async Task RequireMixedAsync(StoredObject found, Func<Task> overwrite)
    {
        await using Stream stream = found.OpenRead();
        byte[] begin = new byte[10_000];
        await stream.ReadExactlyAsync(begin, TestContext.Current.CancellationToken);
        Assert.Equal(s_content[..10_000], begin);

        await overwrite();

        InputException changed = await Assert.ThrowsAsync<InputException>(() => stream.ReadAllAsync());
        Assert.True(changed.IsMixed, changed.Message);
    }
}
