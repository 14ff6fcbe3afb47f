using System.Security.Cryptography;
using Recon.ObjectStorage.Addresses;

namespace Recon.ObjectStorage.Tests.Npm;

/// <summary>S3 as s3rver speaks it, with a bucket.</summary>
internal sealed class S3rver(NpmServer server) : IAsyncDisposable
{
    public const string Bucket = "exports";

    // What it knows of keys.
    private const string Key = "S3RVER";

    public Dictionary<string, string> Environment { get; } = new()
    {
        ["AWS_ACCESS_KEY_ID"] = Key,
        ["AWS_SECRET_ACCESS_KEY"] = Key,
        ["AWS_ENDPOINT_URL_S3"] = server.Base,
    };

    public static async Task<S3rver> StartAsync() => new(await NpmServer.StartAsync(
        "s3rver/bin/s3rver.js", data => ["-d", data, "-a", "127.0.0.1", "-p", "0", "--no-vhost-buckets", "--configure-bucket", Bucket]));

    /// <summary>Puts an object into the bucket.</summary>
    public async Task PutAsync(string key, byte[] content)
    {
        Uri location = S3Location.Of(new Uri(server.Base), "us-east-1", Bucket, key);
        using var request = new HttpRequestMessage(HttpMethod.Put, location) { Content = new ByteArrayContent(content) };
        var signer = new S3Signer(Key, Key, null, "us-east-1");
        foreach ((string name, string value) in signer.Sign("PUT", location, [], TimeProvider.System.GetUtcNow(), Convert.ToHexStringLower(SHA256.HashData(content))))
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        using HttpClient http = new();
        using HttpResponseMessage answer = await http.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    public ValueTask DisposeAsync() => server.DisposeAsync();
}
