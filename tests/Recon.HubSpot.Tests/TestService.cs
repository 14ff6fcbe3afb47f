using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;

namespace Recon.HubSpot.Tests;

/// <summary>A web service on this machine that answers each connection with the next of its scripted reactions.</summary>
internal sealed class TestService : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentQueue<Func<NetworkStream, Task>> _reactions;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _serving;

    public TestService(params Func<NetworkStream, Task>[] reactions)
    {
        _reactions = new ConcurrentQueue<Func<NetworkStream, Task>>(reactions);
        _listener.Start();
        _serving = ServeAsync();
    }

    public ConcurrentQueue<string> Requests { get; } = new();

    public string Address => $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";

    public static Func<NetworkStream, Task> Answer(int status, string body, string headers = "") => stream => WriteAsync(
        stream, $"HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\nConnection: close\r\n{headers}\r\n{body}");

    public static Func<NetworkStream, Task> Drop() => _ => Task.CompletedTask;

    public static Func<NetworkStream, Task> BreakOff() => stream => WriteAsync(
        stream, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n[{\"a\":");

    public static Func<NetworkStream, Task> NoHttp() => stream => WriteAsync(stream, "SSH-2.0-server\r\n");

    public static Func<NetworkStream, Task> Hang(TaskCompletionSource release) => _ => release.Task;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _serving;
        _stop.Dispose();
        _listener.Dispose();
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                using TcpClient client = await _listener.AcceptTcpClientAsync(_stop.Token);
                await using NetworkStream stream = client.GetStream();
                Requests.Enqueue(await ReadAsync(stream, _stop.Token));
                if (_reactions.TryDequeue(out Func<NetworkStream, Task>? reaction))
                {
                    await reaction(stream).WaitAsync(_stop.Token);
                }
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException or IOException or InvalidOperationException)
        {
            // The test is over.
        }
    }

    // A request with a body comes in as many pieces as it likes.
    private static async Task<string> ReadAsync(NetworkStream stream, CancellationToken stop)
    {
        byte[] piece = new byte[64 * 1024];
        StringBuilder request = new();
        while (!IsWhole(request.ToString()) && await stream.ReadAsync(piece, stop) is var read and > 0)
        {
            request.Append(Encoding.Latin1.GetString(piece, 0, read));
        }

        return request.ToString();
    }

    // What begins with 22 is no request: somebody wants a secure connection.
    private static bool IsWhole(string request)
        => request.StartsWith('\u0016') || (request.IndexOf("\r\n\r\n", StringComparison.Ordinal) is var end and > 0
            && (Regex.Match(request, @"Content-Length: (\d+)") is not { Success: true } length
                || request.Length >= end + 4 + int.Parse(length.Groups[1].Value, CultureInfo.InvariantCulture)));

    private static async Task WriteAsync(NetworkStream stream, string text)
    {
        await stream.WriteAsync(Encoding.UTF8.GetBytes(text));
        await stream.FlushAsync();
    }
}
