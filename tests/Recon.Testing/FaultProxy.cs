using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace Recon.Testing;

/// <summary>What a <see cref="FaultProxy"/> breaks, once.</summary>
public sealed record FaultPlan
{
    /// <summary>The message, counted from 1 over all connections and both directions, that is not handed on: its
    /// connection is cut instead. The rows of a result count as one. Default: none.</summary>
    public int CutAtMessage { get; init; }

    /// <summary>The reply to a COMMIT, counted from 1, that is not handed on: its connection is cut instead. Default: none.</summary>
    public int SwallowCommit { get; init; }

    /// <summary>Whether the messages of connecting and authenticating count, too. Default: no.</summary>
    public bool CountStart { get; init; }

    /// <summary>Whether no connection works any more after the cut. Default: one connection is lost, new ones work.</summary>
    public bool StayDown { get; init; }

    /// <summary>
    /// Whether the server's machine dies and is back at once, and nobody tells the client: the sessions of all connections
    /// end, what the client sends is swallowed, and its connections stay open. New ones work. Default: no.
    /// </summary>
    public bool Silent { get; init; }

    /// <summary>What the connection is told before it is cut: a message as the server would send it. Default: nothing.</summary>
    public ReadOnlyMemory<byte> LastWords { get; init; }
}

/// <summary>
/// Stands between a client and a PostgreSQL server on this machine and knows where the protocol's messages begin and end
/// (without TLS), so that connections can be cut at any of them.
/// </summary>
public sealed class FaultProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private IPEndPoint _server;
    private readonly Task _accepting;
    private readonly Lock _gate = new();
    private readonly List<FaultProxyLink> _links = [];
    private FaultPlan _plan = new();

    /// <summary>Starts a proxy.</summary>
    /// <param name="connectionString">How to connect to the server directly.</param>
    public FaultProxy(string connectionString)
    {
        var builder = new NpgsqlConnectionStringBuilder(connectionString);
        _server = new IPEndPoint(IPAddress.Loopback, builder.Port);
        _listener.Start();
        builder.Host = "127.0.0.1";
        builder.Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        builder.SslMode = SslMode.Disable;
        builder.GssEncryptionMode = GssEncryptionMode.Disable;
        ConnectionString = builder.ConnectionString;
        _accepting = AcceptAsync();
    }

    /// <summary>How to connect through the proxy.</summary>
    public string ConnectionString { get; }

    /// <summary>Messages since the plan was made.</summary>
    public int Messages { get; private set; }

    /// <summary>Replies to COMMIT since the plan was made.</summary>
    public int Commits { get; private set; }

    /// <summary>Whether the plan's cut took place.</summary>
    public bool HasCut { get; private set; }

    /// <summary>Begins to count anew, with another plan.</summary>
    /// <param name="plan">What to break.</param>
    public void Arm(FaultPlan plan)
    {
        lock (_gate)
        {
            (_plan, Messages, Commits, HasCut) = (plan, 0, 0, false);
        }
    }

    /// <summary>Leads new connections to another server; those that stand stay.</summary>
    /// <param name="connectionString">How to connect to it directly.</param>
    public void Retarget(string connectionString)
        => _server = new IPEndPoint(IPAddress.Loopback, new NpgsqlConnectionStringBuilder(connectionString).Port);

    /// <summary>Cuts all connections.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        FaultProxyLink[] links;
        lock (_gate)
        {
            links = [.. _links];
        }

        foreach (FaultProxyLink link in links)
        {
            link.Cut();
        }

        await Task.WhenAll(links.Select(link => link.Ended));
        _stop.Dispose();
    }

    /// <summary>What a connection is told before it is cut.</summary>
    internal ReadOnlyMemory<byte> LastWords => _plan.LastWords;

    /// <summary>Ends the sessions of all connections; their clients do not learn it.</summary>
    public void Silence()
    {
        lock (_gate)
        {
            _links.ForEach(link => link.Silence());
        }
    }

    /// <summary>Counts a message.</summary>
    /// <returns>Whether it is handed on; otherwise its connection is cut.</returns>
    internal bool Pass(bool isStart, bool isFurtherRow, bool isCommitReply)
    {
        lock (_gate)
        {
            if (HasCut && _plan.StayDown)
            {
                return false;
            }

            if (isFurtherRow || (isStart && !_plan.CountStart))
            {
                return true;
            }

            Messages++;
            Commits += isCommitReply ? 1 : 0;
            bool cuts = Messages == _plan.CutAtMessage || (isCommitReply && Commits == _plan.SwallowCommit);
            HasCut |= cuts;
            if (cuts && _plan.Silent)
            {
                Silence();
            }

            return !cuts;
        }
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                Socket client = await _listener.AcceptSocketAsync(_stop.Token);
                var server = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                client.NoDelay = true;
                try
                {
                    await server.ConnectAsync(_server, _stop.Token);
                }
                catch (SocketException)
                {
                    // At this point nothing listens there: the client learns it in the same way.
                    client.Close(0);
                    server.Dispose();
                    continue;
                }

                lock (_gate)
                {
                    _links.RemoveAll(link => link.Ended.IsCompleted);
                    _links.Add(new FaultProxyLink(this, client, server));
                }
            }
        }
        catch (OperationCanceledException)
        {
            return;
        }
    }
}
