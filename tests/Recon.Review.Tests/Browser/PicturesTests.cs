using System.Diagnostics;
using System.Globalization;
using Recon.Testing;

namespace Recon.Review.Tests.Browser;

/// <summary>
/// Takes the pictures of the documentation: what recon, as it was built last, shows of the shipped sample. With RECON_PICTURES they are PNG files in that
/// folder, to be looked at first.
/// </summary>
public sealed class PicturesTests
{
    private static readonly string? s_folder = Environment.GetEnvironmentVariable("RECON_PICTURES") is { Length: > 0 } named ? named : null;

    // In pixels, from the top.
    private const int Most = 1500;

    [Fact(Explicit = true)]
    [Trait("Category", "Pictures")]
    public async Task Pictures_OfTheSample_AreTaken()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("recon-pictures-");
        if (!OperatingSystem.IsWindows())
        {
            // The embedded server of root is another user's.
            File.SetUnixFileMode(folder.FullName, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);
        }

        try
        {
            File.Copy(Path.Combine(Repository.Root, "pipeline.json"), Path.Combine(folder.FullName, "pipeline.json"));
            DirectoryInfo bronze = folder.CreateSubdirectory("bronze_layer");
            foreach (string csv in Directory.GetFiles(Path.GetDirectoryName(Repository.Shipped("x"))!, "*.csv"))
            {
                File.Copy(csv, Path.Combine(bronze.FullName, Path.GetFileName(csv)));
            }

            await ReconAsync(folder.FullName, "run", "--quiet");
            await ReconAsync(folder.FullName, "report", "--out", "report.html");
            await using Browser browser = await Browser.StartAsync(reachesThisMachine: true);
            await TakeAsync(browser, Path.Combine(folder.FullName, "report.html"), "report", ".overview table", ["desktop", "phone"]);
            await TakePagesAsync(browser, folder.FullName);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task TakePagesAsync(Browser browser, string folder)
    {
        using Process review = Start(folder, "review", "--no-open", "--by", "Ann Example", "--quiet");
        try
        {
            string address = await review.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) ?? throw new InvalidOperationException("recon review has ended.");
            BrowserPage page = await browser.OpenAsync(address, 1280, dark: false);
            page = await browser.OpenAsync(new Uri(new Uri(address), "/records?pipeline=contacts").AbsoluteUri, 1280, dark: false);
            string record = await page.EvaluateAsync("document.querySelector('#records li:has(.changing) a[href^=\"/record?\"]').href");
            foreach ((string name, string path, string shows, string[] inDocs) in (IEnumerable<(string, string, string, string[])>)
            [
                ("review", "/judge?pipeline=contacts&status=ambiguous", "#judge h2", ["desktop"]),
                ("record", record, "main table", ["phone"]),
                ("overview", "/", "#report .overview table", []),
                ("records", "/records?pipeline=contacts", "#records li", []),
            ])
            {
                await TakeAsync(browser, new Uri(new Uri(address), path).AbsoluteUri, name, shows, inDocs);
            }
        }
        finally
        {
            using Process stop = Process.Start("kill", ["-INT", review.Id.ToString(CultureInfo.InvariantCulture)]);
            await review.WaitForExitAsync(TestContext.Current.CancellationToken);
        }
    }

    // On a desk in the light, on a phone in the dark.
    private static async Task TakeAsync(Browser browser, string address, string name, string shows, string[] inDocs)
    {
        foreach ((string size, int width, bool dark) in ((string, int, bool)[])[("desktop", 1280, false), ("phone", 390, true)])
        {
            if (s_folder is null && !inDocs.Contains(size))
            {
                continue;
            }

            BrowserPage page = await browser.OpenAsync(address, width, dark);
            string isThere = await page.EvaluateAsync(
                $"new Promise(done => {{ let looks = 0; const look = () => document.querySelector('{shows}') ? done('yes') : ++looks > 500 ? done(document.body.innerText) : setTimeout(look, 20); look(); }})");
            Assert.Equal("yes", isThere);
            int height = int.Parse(await page.EvaluateAsync($"Math.min({Most}, document.documentElement.scrollHeight)"), CultureInfo.InvariantCulture);
            string format = s_folder is null ? "webp" : "png";
            await File.WriteAllBytesAsync(
                Path.Combine(s_folder ?? Path.Combine(Repository.Root, "docs"), $"{name}-{size}.{format}"),
                await page.PictureAsync(width, height, format, s_folder is null ? 80 : null),
                TestContext.Current.CancellationToken);
        }
    }

    private static async Task ReconAsync(string folder, params string[] args)
    {
        using Process recon = Start(folder, args);
        await recon.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await recon.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, recon.ExitCode);
    }

    private static Process Start(string folder, params string[] args)
    {
        string recon = Environment.GetEnvironmentVariable("RECON_EXECUTABLE") is { Length: > 0 } named ? named
            : Path.Combine(Repository.Root, "artifacts", "bin", "Recon.Cli", "release", "recon");
        var start = new ProcessStartInfo(recon, args) { WorkingDirectory = folder, RedirectStandardOutput = true };
        foreach (string name in start.Environment.Keys.Where(name => name.StartsWith("PG", StringComparison.Ordinal) || name == "RECON_POSTGRES").ToArray())
        {
            start.Environment.Remove(name);
        }

        return Process.Start(start)!;
    }
}
