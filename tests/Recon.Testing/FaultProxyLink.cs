using System.Buffers.Binary;
using System.Net.Sockets;

namespace Recon.Testing;

/// <summary>One connection through a <see cref="FaultProxy"/>.</summary>
internal sealed class FaultProxyLink
{
    private const int CancelRequest = 80877102;

    private readonly FaultProxy _proxy;
    private readonly Socket _client;
    private readonly Socket _server;
    private volatile bool _isStarting = true;
    private volatile bool _isInRows;
    private volatile bool _isSilent;

    /// <summary>Begins to hand messages on.</summary>
    public FaultProxyLink(FaultProxy proxy, Socket client, Socket server)
    {
        (_proxy, _client, _server) = (proxy, client, server);
        Ended = Task.WhenAll(
            Task.Run(() => PumpAsync(client, server, fromClient: true)),
            Task.Run(() => PumpAsync(server, client, fromClient: false)));
    }

    /// <summary>Ends when both directions have ended.</summary>
    public Task Ended { get; }

    /// <summary>
    /// Cuts the connection: the client gets a reset; the server an orderly end, after all that it was sent, so that a
    /// COMMIT on its way takes place.
    /// </summary>
    public void Cut()
    {
        _client.Close(0);
        _server.Close();
    }

    /// <summary>Ends the session at the server; the client is told nothing, and heard no more.</summary>
    public void Silence()
    {
        _isSilent = true;
        _server.Close();
    }

    private async Task PumpAsync(Socket from, Socket to, bool fromClient)
    {
        byte[] buffer = new byte[64 * 1024];
        int length = 0;
        bool isFirst = fromClient;
        try
        {
            while (true)
            {
                int read = await from.ReceiveAsync(buffer.AsMemory(length));
                if (read == 0)
                {
                    return;
                }

                length += read;
                int whole = 0;
                bool cut = false;
                while (!cut && SizeOfMessage(buffer.AsSpan(whole, length - whole), isFirst) is { } size)
                {
                    cut = !Pass(buffer.AsSpan(whole, size), fromClient, isFirst);
                    whole += cut ? 0 : size;
                    isFirst = false;
                }

                if (_isSilent)
                {
                    return;
                }

                await to.SendAsync(buffer.AsMemory(0, whole));
                if (cut)
                {
                    await _client.SendAsync(_proxy.LastWords);
                    return;
                }

                length -= whole;
                buffer.AsSpan(whole, length).CopyTo(buffer);
                if (length == buffer.Length)
                {
                    Array.Resize(ref buffer, buffer.Length * 2);
                }
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // At this point one of the two has hung up, or the other direction was cut.
            return;
        }
        finally
        {
            if (!_isSilent)
            {
                Cut();
            }
            else if (fromClient)
            {
                await SwallowAsync(buffer);
            }
        }
    }

    private async Task SwallowAsync(byte[] buffer)
    {
        try
        {
            while (await _client.ReceiveAsync(buffer) > 0)
            {
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // The client has given up, or the proxy has.
        }

        Cut();
    }

    // The first message of a client has no type.
    private static int? SizeOfMessage(ReadOnlySpan<byte> bytes, bool isFirst)
    {
        int type = isFirst ? 0 : 1;
        if (bytes.Length < type + 4)
        {
            return null;
        }

        int size = type + BinaryPrimitives.ReadInt32BigEndian(bytes[type..]);
        return bytes.Length < size ? null : size;
    }

    private bool Pass(ReadOnlySpan<byte> message, bool fromClient, bool isFirst)
    {
        if (isFirst && BinaryPrimitives.ReadInt32BigEndian(message[4..]) == CancelRequest)
        {
            return true;
        }

        bool isFurtherRow = !fromClient && message[0] == 'D' && _isInRows;
        _isInRows = !fromClient ? message[0] == 'D' : _isInRows;
        bool passes = _proxy.Pass(_isStarting, isFurtherRow, isCommitReply: !fromClient && message[0] == 'C' && message[5..].StartsWith("COMMIT"u8));
        if (!fromClient && message[0] == 'Z')
        {
            _isStarting = false;
        }

        return passes;
    }
}
