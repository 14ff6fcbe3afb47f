using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Recon.Cli.Tests.Telemetry;

/// <summary>A collector that keeps what it gets, by OTLP's two protocols.</summary>
internal abstract class OtlpReceiver : IAsyncDisposable
{
    /// <summary>What came: <c>metrics</c>, <c>trace</c> or <c>logs</c>, and the message.</summary>
    public ConcurrentQueue<(string Signal, byte[] Body)> Requests { get; } = [];

    /// <summary>Signals that it has no pipeline for.</summary>
    public IReadOnlyList<string> Refused { get; init; } = [];

    public abstract string Protocol { get; }

    public abstract string Address { get; }

    /// <summary>The metrics, each series with its last number.</summary>
    public IReadOnlyList<ReceivedPoint> Points
        => [.. Of("metrics").SelectMany(ReceivedPoint.Of).GroupBy(point => point.Series).Select(points => points.Last())];

    public IReadOnlyList<ReceivedSpan> Spans => [.. Of("trace").SelectMany(ReceivedSpan.Of)];

    public IReadOnlyList<ReceivedLog> Logs => [.. Of("logs").SelectMany(ReceivedLog.Of)];

    /// <summary>What the environment of a command says so that it sends here.</summary>
    public Dictionary<string, string> Environment(params (string Name, string Value)[] more)
        => new(more.Select(each => new KeyValuePair<string, string>(each.Name, each.Value)))
        {
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = Address,
            ["OTEL_EXPORTER_OTLP_PROTOCOL"] = Protocol,
        };

    public static OtlpReceiver Start(string protocol, params string[] refused)
        => protocol == "grpc" ? new GrpcReceiver { Refused = refused } : new HttpReceiver { Refused = refused };

    public abstract ValueTask DisposeAsync();

    private IEnumerable<ProtoMessage> Of(string signal) => Requests.Where(request => request.Signal == signal).Select(request => new ProtoMessage(request.Body));

    protected bool Take(string signal, byte[] body)
    {
        Requests.Enqueue((signal, body));
        return !Refused.Contains(signal);
    }

    /// <summary>OTLP over HTTP/1.1.</summary>
    private sealed class HttpReceiver : OtlpReceiver
    {
        private readonly HttpListener _listener = new();
        private readonly Task _serving;

        public HttpReceiver()
        {
            Address = $"http://127.0.0.1:{FreePort()}/";
            _listener.Prefixes.Add(Address);
            _listener.Start();
            _serving = ServeAsync();
        }

        public override string Protocol => "http/protobuf";

        public override string Address { get; }

        public override async ValueTask DisposeAsync()
        {
            _listener.Stop();
            await _serving;
            _listener.Close();
        }

        private async Task ServeAsync()
        {
            while (_listener.IsListening)
            {
                try
                {
                    HttpListenerContext post = await _listener.GetContextAsync();
                    using var body = new MemoryStream();
                    await post.Request.InputStream.CopyToAsync(body);
                    string path = post.Request.Url!.AbsolutePath.Replace("traces", "trace", StringComparison.Ordinal);
                    post.Response.StatusCode = Take(path["/v1/".Length..], body.ToArray()) ? 200 : 404;
                    post.Response.Close();
                }
                catch (Exception ended) when (ended is HttpListenerException or ObjectDisposedException)
                {
                    return;
                }
            }
        }

        private static int FreePort()
        {
            using var any = new TcpListener(IPAddress.Loopback, 0);
            any.Start();
            return ((IPEndPoint)any.LocalEndpoint).Port;
        }
    }

    /// <summary>OTLP over gRPC: as much of HTTP/2 as its client needs.</summary>
    private sealed class GrpcReceiver : OtlpReceiver
    {
        private const int Data = 0;
        private const int Headers = 1;
        private const int Settings = 4;
        private const int Ping = 6;
        private const int WindowUpdate = 8;
        private const int Continuation = 9;

        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly List<Task> _connections = [];
        private readonly Task _serving;

        public GrpcReceiver()
        {
            _listener.Start();
            Address = $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/";
            _serving = AcceptAsync();
        }

        public override string Protocol => "grpc";

        public override string Address { get; }

        public override async ValueTask DisposeAsync()
        {
            _listener.Stop();
            await _serving;
            await Task.WhenAll(_connections);
        }

        private async Task AcceptAsync()
        {
            try
            {
                while (true)
                {
                    _connections.Add(ServeAsync(await _listener.AcceptTcpClientAsync()));
                }
            }
            catch (Exception ended) when (ended is SocketException or ObjectDisposedException)
            {
            }
        }

        private async Task ServeAsync(TcpClient client)
        {
            using TcpClient owned = client;
            await using NetworkStream stream = client.GetStream();
            Dictionary<int, (StringBuilder Head, MemoryStream Body)> open = [];
            try
            {
                await stream.ReadExactlyAsync(new byte["PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".Length]);
                // A window as large as there is for each request, and for all of them.
                await SendAsync(stream, Settings, 0, 0, [0, 4, 0x7F, 0xFF, 0xFF, 0xFF]);
                await SendAsync(stream, WindowUpdate, 0, 0, [0x7F, 0, 0, 0]);
                byte[] start = new byte[9];
                while (await stream.ReadAtLeastAsync(start, start.Length, throwOnEndOfStream: false) == start.Length)
                {
                    byte[] payload = new byte[(start[0] << 16) | (start[1] << 8) | start[2]];
                    await stream.ReadExactlyAsync(payload);
                    (int type, int flags) = (start[3], start[4]);
                    int id = (start[5] << 24) | (start[6] << 16) | (start[7] << 8) | start[8];
                    if (type is Settings or Ping && (flags & 1) == 0)
                    {
                        await SendAsync(stream, type, 1, id, type == Ping ? payload : []);
                    }
                    else if (type is Headers or Continuation or Data)
                    {
                        open.TryAdd(id, (new StringBuilder(), new MemoryStream()));
                        _ = type == Data ? null : open[id].Head.Append(Encoding.Latin1.GetString(payload));
                        open[id].Body.Write(type == Data ? payload : []);
                        if (type == Data && (flags & 1) != 0 && open.Remove(id, out var request))
                        {
                            await AnswerAsync(stream, id, request.Head.ToString(), request.Body.ToArray());
                        }
                    }
                }
            }
            catch (IOException)
            {
                // The client is gone.
            }
        }

        // The client writes header names and values as they are, neither packed nor by reference.
        private async Task AnswerAsync(NetworkStream stream, int id, string head, byte[] body)
        {
            string signal = head.Contains("MetricsService", StringComparison.Ordinal) ? "metrics" : head.Contains("TraceService", StringComparison.Ordinal) ? "trace" : "logs";
            char status = Take(signal, body[5..]) ? '0' : '2'; // 12 is UNIMPLEMENTED.
            await SendAsync(stream, Headers, 4, id, [0x88, 0x0F, 0x10, 16, .. "application/grpc"u8]);
            await SendAsync(stream, Data, 0, id, new byte[5]);
            await SendAsync(
                stream, Headers, 5, id, [0, 11, .. "grpc-status"u8, .. status == '0' ? [1, (byte)'0'] : (byte[])[2, (byte)'1', (byte)'2']]);
        }

        private static async Task SendAsync(NetworkStream stream, int type, int flags, int id, byte[] payload)
            => await stream.WriteAsync((byte[])[0, (byte)(payload.Length >> 8), (byte)payload.Length, (byte)type, (byte)flags, 0, 0, (byte)(id >> 8), (byte)id, .. payload]);
    }
}
