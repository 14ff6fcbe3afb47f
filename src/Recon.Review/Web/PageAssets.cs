using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Recon.Review.Markup;

namespace Recon.Review.Web;

/// <summary>The files that pages ask for: resources of this assembly, whose hashes the pages name.</summary>
internal sealed class PageAssets
{
    private readonly Asset _htmx = Asset.Of("/assets/htmx.js", "htmx.js", "text/javascript");
    private readonly Asset _script = Asset.Of("/assets/page.js", "page.js", "text/javascript");
    private readonly Asset _icon = Asset.Of("/assets/icon.svg", "icon.svg", "image/svg+xml");
    private readonly Asset _licence = Asset.Of(Licence, "htmx.LICENSE.txt", "text/plain");

    /// <summary>The licence of what was not made here.</summary>
    public const string Licence = "/assets/htmx.LICENSE.txt";

    /// <summary>What the head of a page has of them.</summary>
    public Html Elements => Html.Of($"""
        <link rel="icon" href="{_icon.Path}" type="image/svg+xml">
        <script src="{_htmx.Path}" integrity="{_htmx.Integrity}" defer></script><script src="{_script.Path}" integrity="{_script.Integrity}" defer></script>
        """);

    public void Map(IEndpointRouteBuilder endpoints)
    {
        foreach (Asset asset in (Asset[])[_htmx, _script, _icon, _licence])
        {
            endpoints.MapGet(asset.Path, async http =>
            {
                http.Response.ContentType = $"{asset.Type}; charset=utf-8";
                await http.Response.Body.WriteAsync(asset.Content, http.RequestAborted);
            });
        }
    }

    private sealed record Asset(string Path, byte[] Content, string Type)
    {
        public string Integrity { get; } = $"sha384-{Convert.ToBase64String(SHA384.HashData(Content))}";

        public static Asset Of(string path, [ConstantExpected] string resource, string type)
        {
            using Stream stream = typeof(Asset).Assembly.GetManifestResourceStream(resource)!;
            byte[] content = new byte[stream.Length];
            stream.ReadExactly(content);
            return new Asset(path, content, type);
        }
    }
}
