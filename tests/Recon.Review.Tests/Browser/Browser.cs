using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Recon.Review.Tests.Browser;

/// <summary>A real Chromium without a window, driven by its own protocol. Its proxy refuses everything: nothing can leave the machine.</summary>
internal sealed class Browser : IAsyncDisposable
{
    private static readonly string[] s_names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
    private static readonly JsonSerializerOptions s_withoutNulls = new() { DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull };

    private readonly Process _process;
    private readonly DirectoryInfo _profile;
    private readonly ClientWebSocket _socket = new();
    private readonly CancellationTokenSource _end;
    private readonly ConcurrentDictionary<int, TaskCompletionSource<JsonNode>> _asked = [];
    private readonly List<BrowserPage> _pages = [];
    private Task _listening = Task.CompletedTask;
    private Task _reading = Task.CompletedTask;
    private int _last;

    private Browser(Process process, DirectoryInfo profile)
    {
        (_process, _profile) = (process, profile);
        _end = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        _end.CancelAfter(TimeSpan.FromMinutes(3));
    }

    /// <summary>The program: the one that RECON_BROWSER names, else the first of the usual ones; <see langword="null"/> for none.</summary>
    public static string? Program { get; } = Environment.GetEnvironmentVariable("RECON_BROWSER") is { Length: > 0 } named ? named
        : (from folder in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
           from name in s_names
           let path = Path.Combine(folder, name)
           where File.Exists(path)
           select path).FirstOrDefault();

    /// <param name="reachesThisMachine">Whether it may ask servers of this machine, and no others.</param>
    public static async Task<Browser> StartAsync(bool reachesThisMachine = false)
    {
        Assert.SkipWhen(Program is null, "NOT LOOKED AT IN A BROWSER: there is no Chromium on this machine. RECON_BROWSER may name one; Debian's package is 'chromium'.");
        DirectoryInfo profile = Directory.CreateTempSubdirectory("recon-browser-");
        var start = new ProcessStartInfo(
            Program!,
            [
                "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
                "--proxy-server=127.0.0.1:9", $"--proxy-bypass-list=<-loopback>{(reachesThisMachine ? ";127.0.0.1" : "")}", "--remote-debugging-port=0", $"--user-data-dir={profile.FullName}", "about:blank",
            ])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        var browser = new Browser(Process.Start(start)!, profile);
        try
        {
            await browser.ConnectAsync();
            return browser;
        }
        catch
        {
            await browser.DisposeAsync();
            throw;
        }
    }

    /// <summary>Opens a page as a screen of a size would show it.</summary>
    /// <param name="width">In pixels.</param>
    public async Task<BrowserPage> OpenAsync(string file, int width, bool dark, string media = "screen")
    {
        string target = (await AskAsync("Target.createTarget", new { url = "about:blank" }))["targetId"]!.GetValue<string>();
        string session = (await AskAsync("Target.attachToTarget", new { targetId = target, flatten = true }))["sessionId"]!.GetValue<string>();
        var page = new BrowserPage(this, session);
        lock (_pages)
        {
            _pages.Add(page);
        }

        foreach (string domain in (string[])["Page", "Runtime", "Log", "Network"])
        {
            await AskAsync($"{domain}.enable", new { }, session);
        }

        await AskAsync("Emulation.setDeviceMetricsOverride", new { width, height = 900, deviceScaleFactor = 1, mobile = width < 600 }, session);
        await AskAsync("Emulation.setEmulatedMedia", new { media, features = new[] { new { name = "prefers-color-scheme", value = dark ? "dark" : "light" } } }, session);
        await AskAsync("Page.navigate", new { url = new Uri(file).AbsoluteUri }, session);
        await page.Loaded.WaitAsync(_end.Token);
        return page;
    }

    public async Task<JsonNode> AskAsync(string method, object parameters, string? session = null)
    {
        int id = Interlocked.Increment(ref _last);
        TaskCompletionSource<JsonNode> answer = _asked[id] = new(TaskCreationOptions.RunContinuationsAsynchronously);
        byte[] text = JsonSerializer.SerializeToUtf8Bytes(new { id, method, @params = parameters, sessionId = session }, s_withoutNulls);
        await _socket.SendAsync(text, WebSocketMessageType.Text, endOfMessage: true, _end.Token);
        return await answer.Task.WaitAsync(_end.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _listening.ContinueWith(_ => { }, TaskScheduler.Default);
        _socket.Dispose();
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync(CancellationToken.None);
        await _reading;
        _process.Dispose();
        _end.Dispose();
        try
        {
            _profile.Delete(recursive: true);
        }
        catch (IOException)
        {
            // A child of the browser may still be ending in it.
        }
    }

    private async Task ConnectAsync()
    {
        const string Before = "DevTools listening on ";
        string? line;
        do
        {
            line = await _process.StandardError.ReadLineAsync(_end.Token) ?? throw new InvalidOperationException($"{Program} ended before it listened.");
        }
        while (!line.StartsWith(Before, StringComparison.Ordinal));
        _reading = Task.WhenAll(_process.StandardError.ReadToEndAsync(CancellationToken.None), _process.StandardOutput.ReadToEndAsync(CancellationToken.None));
        await _socket.ConnectAsync(new Uri(line[Before.Length..]), _end.Token);
        _listening = ListenAsync();
    }

    private async Task ListenAsync()
    {
        using var message = new MemoryStream();
        byte[] part = new byte[1 << 16];
        while (!_end.IsCancellationRequested)
        {
            message.SetLength(0);
            WebSocketReceiveResult got;
            do
            {
                got = await _socket.ReceiveAsync(part, _end.Token);
                await message.WriteAsync(part.AsMemory(0, got.Count), _end.Token);
            }
            while (!got.EndOfMessage);
            Take(JsonNode.Parse(Encoding.UTF8.GetString(message.GetBuffer(), 0, (int)message.Length))!);
        }
    }

    private void Take(JsonNode message)
    {
        if (message["id"] is { } id && _asked.TryRemove(id.GetValue<int>(), out TaskCompletionSource<JsonNode>? asked))
        {
            if (message["error"] is { } error)
            {
                asked.SetException(new InvalidOperationException(error.ToJsonString()));
            }
            else
            {
                asked.SetResult(message["result"]!);
            }
        }
        else if (message["sessionId"] is { } session)
        {
            lock (_pages)
            {
                _pages.FirstOrDefault(page => page.Session == session.GetValue<string>())?.Take(message["method"]!.GetValue<string>(), message["params"]!);
            }
        }
    }
}
