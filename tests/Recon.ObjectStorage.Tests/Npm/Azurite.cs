using System.Security.Cryptography;
using System.Text;

namespace Recon.ObjectStorage.Tests.Npm;

/// <summary>Azure Blob as Azurite speaks it, with an account and a container.</summary>
internal sealed class Azurite : IAsyncDisposable
{
    private const string Account = "recon";
    private const string Version = "2019-12-12";

    private readonly NpmServer _server;
    private readonly byte[] _key;

    private Azurite(NpmServer server, byte[] key) => (_server, _key) = (server, key);

    public static async Task<Azurite> StartAsync()
    {
        byte[] key = RandomNumberGenerator.GetBytes(64);
        NpmServer server = await NpmServer.StartAsync(
            "azurite/dist/src/blob/main.js",
            data => ["--location", data, "--blobHost", "127.0.0.1", "--blobPort", "0", "--disableTelemetry"],
            new() { ["AZURITE_ACCOUNTS"] = $"{Account}:{Convert.ToBase64String(key)}" });
        var azurite = new Azurite(server, key);
        await SendAsync($"{server.Base}/{Account}/exports?restype=container&{azurite.Signature("rwc")}", null);
        return azurite;
    }

    public string Address(string name) => $"{_server.Base}/{Account}/exports/{name}";

    /// <summary>A signature for the account, as it stands in a query.</summary>
    /// <param name="permissions">What it allows, such as <c>r</c>.</param>
    public string Signature(string permissions)
    {
        string until = TimeProvider.System.GetUtcNow().AddHours(1).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture);
        string told = $"{Account}\n{permissions}\nb\nsco\n\n{until}\n\nhttps,http\n{Version}\n";
        string signature = Convert.ToBase64String(HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes(told)));
        return $"sv={Version}&ss=b&srt=sco&sp={permissions}&se={Uri.EscapeDataString(until)}&spr=https,http&sig={Uri.EscapeDataString(signature)}";
    }

    /// <summary>Puts a blob into the container.</summary>
    public Task PutAsync(string name, byte[] content) => SendAsync($"{Address(name)}?{Signature("rwc")}", content);

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private static async Task SendAsync(string address, byte[]? content)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, address) { Content = new ByteArrayContent(content ?? []) };
        request.Headers.Add("x-ms-version", Version);
        if (content is not null)
        {
            request.Headers.Add("x-ms-blob-type", "BlockBlob");
        }

        using HttpClient http = new();
        using HttpResponseMessage answer = await http.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }
}
