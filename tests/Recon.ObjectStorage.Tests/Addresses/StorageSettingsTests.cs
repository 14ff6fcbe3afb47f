using Recon.Dataflow;
using Recon.Dataflow.Extract;
using Recon.ObjectStorage.Addresses;
using Recon.ObjectStorage.Tests.Support;

namespace Recon.ObjectStorage.Tests.Addresses;

public sealed class StorageSettingsTests
{
    [Theory]
    [InlineData("", "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set")]
    [InlineData("AWS_ACCESS_KEY_ID=a AWS_SECRET_ACCESS_KEY=", "AWS_SECRET_ACCESS_KEY is not set")]
    [InlineData("AWS_ACCESS_KEY_ID=a AWS_SECRET_ACCESS_KEY=b", "set AWS_REGION")]
    [InlineData("AWS_ACCESS_KEY_ID=a AWS_SECRET_ACCESS_KEY=b AWS_REGION=x/y", "AWS_REGION is no region")]
    [InlineData("AWS_ACCESS_KEY_ID=a AWS_SECRET_ACCESS_KEY=b AWS_ENDPOINT_URL=storage", "AWS_ENDPOINT_URL is no address")]
    [InlineData("AWS_ACCESS_KEY_ID=a AWS_SECRET_ACCESS_KEY=b AWS_ENDPOINT_URL_S3=http://storage.test", "http:// is for servers on this machine")]
    public async Task Find_EnvironmentThatLacksSomething_IsRefusedAndNamesIt(string environment, string says)
    {
        using ObjectStore objects = Storage.Open(Of(environment));

        InputException refused = await Assert.ThrowsAsync<InputException>(() => objects.FindAsync("s3://bucket/a.csv").AsTask());

        Assert.Contains(says, refused.Message, StringComparison.Ordinal);
        Assert.StartsWith("s3://bucket/a.csv ", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://account.blob.core.windows.net/c/a.csv", "?sv=1&sig=s")]
    [InlineData("https://account.blob.core.windows.net/c/a.csv?own=1", "?own=1")]
    [InlineData("https://elsewhere.test/c/a.csv", "")]
    [InlineData("http://127.0.0.1:10000/account/c/a.csv", "?sv=1&sig=s")]
    public void Target_OfAzureBlob_TakesTheSignatureOfTheEnvironmentWhereItHasNone(string address, string query)
    {
        var settings = new StorageSettings(Of("AZURE_STORAGE_SAS_TOKEN=?sv=1&sig=s").GetValueOrDefault);

        ObjectTarget target = settings.TargetOf(ObjectAddress.Parse(address, out _)!);

        using HttpRequestMessage request = target.Request(0, 9, "\"one\"", DateTimeOffset.UnixEpoch);
        Assert.Equal(query, request.RequestUri!.Query);
        Assert.Equal("bytes=0-9", request.Headers.Range!.ToString());
        Assert.DoesNotContain("sig", target.Name, StringComparison.Ordinal);
    }

    private static Dictionary<string, string> Of(string environment)
        => environment.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(each => each.Split('=', 2)).ToDictionary(each => each[0], each => each[1]);
}
