using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.Extensions.Logging;

namespace Recon.Cli.Tests.Library;

/// <summary>A registry of containers on this machine with one made-up base image, <c>base:1</c>, of one layer whose account is root.</summary>
internal sealed class LoopbackRegistry : IAsyncDisposable
{
    private const string ManifestType = "application/vnd.oci.image.manifest.v1+json";
    private readonly Dictionary<string, (string Type, byte[] Content)> _contents = [];
    private readonly WebApplication _app;

    private LoopbackRegistry(WebApplication app)
    {
        _app = app;
        (byte[] packed, byte[] plain) = Layer();
        byte[] config = Encoding.UTF8.GetBytes($$$"""
            {"architecture":"amd64","os":"linux","created":"2026-01-01T00:00:00Z","config":{"User":"0","Env":["PATH=/bin"]},
             "rootfs":{"type":"layers","diff_ids":["{{{Digest(plain)}}}"]},"history":[{"created":"2026-01-01T00:00:00Z"}]}
            """);
        byte[] manifest = Encoding.UTF8.GetBytes($$"""
            {"schemaVersion":2,"mediaType":"{{ManifestType}}",
             "config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"{{Digest(config)}}","size":{{config.Length}}},
             "layers":[{"mediaType":"application/vnd.oci.image.layer.v1.tar+gzip","digest":"{{Digest(packed)}}","size":{{packed.Length}}}]}
            """);
        foreach (string name in (string[])["manifests/1", $"manifests/{Digest(manifest)}"])
        {
            _contents[$"/v2/base/{name}"] = (ManifestType, manifest);
        }

        _contents[$"/v2/base/blobs/{Digest(config)}"] = ("application/octet-stream", config);
        _contents[$"/v2/base/blobs/{Digest(packed)}"] = ("application/octet-stream", packed);
    }

    /// <summary>The image, as a build names it.</summary>
    public string BaseImage => $"localhost:{new Uri(_app.Urls.First()).Port}/base:1";

    public static async Task<LoopbackRegistry> StartAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        WebApplication app = builder.Build();
        var registry = new LoopbackRegistry(app);
        app.Urls.Add("http://127.0.0.1:0");
        app.Run(registry.AnswerAsync);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return registry;
    }

    public static string Digest(byte[] content) => $"sha256:{Convert.ToHexStringLower(SHA256.HashData(content))}";

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private Task AnswerAsync(HttpContext context)
    {
        string path = context.Request.Path.Value ?? "";
        if (path.TrimEnd('/') == "/v2")
        {
            return Task.CompletedTask;
        }

        if (!_contents.TryGetValue(path, out (string Type, byte[] Content) found))
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return context.Response.WriteAsync(context.Request.GetDisplayUrl());
        }

        context.Response.ContentType = found.Type;
        context.Response.ContentLength = found.Content.Length;
        context.Response.Headers["Docker-Content-Digest"] = Digest(found.Content);
        return HttpMethods.IsHead(context.Request.Method) ? Task.CompletedTask : context.Response.Body.WriteAsync(found.Content).AsTask();
    }

    private static (byte[] Packed, byte[] Plain) Layer()
    {
        using var plain = new MemoryStream();
        using (var tar = new TarWriter(plain, leaveOpen: true))
        {
            using var file = new MemoryStream("made up"u8.ToArray());
            tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, "etc/base") { DataStream = file });
        }

        using var packed = new MemoryStream();
        using (var zip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            zip.Write(plain.ToArray());
        }

        return (packed.ToArray(), plain.ToArray());
    }
}
