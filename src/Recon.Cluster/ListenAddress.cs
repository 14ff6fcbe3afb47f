using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Recon.Cluster;

/// <summary>Where the other processes of a job reach this one, as <c>--listen</c> says it.</summary>
/// <param name="Host">An address, the name of a host, or <c>auto</c>.</param>
/// <param name="Port">0 for a free one.</param>
internal sealed record ListenAddress(string Host, int Port)
{
    public const string Auto = "auto";

    /// <summary>Only from this machine.</summary>
    public static ListenAddress Loopback { get; } = new("127.0.0.1", 0);

    /// <param name="text"><c>ADDRESS</c>, <c>ADDRESS:PORT</c>, <c>[IPV6]:PORT</c>, <c>NAME[:PORT]</c>, or <c>auto[:PORT]</c>.</param>
    /// <returns><see langword="null"/> for anything else.</returns>
    public static ListenAddress? TryParse(string text)
    {
        text = text.Trim();
        if (text is not ['[', ..] && IPAddress.TryParse(text, out IPAddress? bare) && (bare.AddressFamily == AddressFamily.InterNetworkV6 || text.Count(character => character == '.') == 3))
        {
            return new ListenAddress(text, 0);
        }

        int colon = text.LastIndexOf(':');
        (string host, string port) = colon < 0 || text.EndsWith(']') ? (text, "0") : (text[..colon], text[(colon + 1)..]);
        host = host is ['[', .. var inner, ']'] ? inner : host;
        bool isPort = colon < 0 || text.EndsWith(']') || (int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out int wanted) && wanted is >= 1 and <= 65535);
        bool isHost = host == Auto || Uri.CheckHostName(host) != UriHostNameType.Unknown;
        return isPort && isHost ? new ListenAddress(host, int.Parse(port, CultureInfo.InvariantCulture)) : null;
    }

    /// <summary>The address itself.</summary>
    /// <param name="servers">The hosts of PostgreSQL with its port, in the order in which they are tried: what <c>auto</c> asks for the way to.</param>
    /// <exception cref="ClusterException">The name leads to no address of this machine, or nothing leads to the server.</exception>
    public async Task<IPAddress> ResolveAsync(IReadOnlyList<DnsEndPoint> servers, CancellationToken cancellationToken)
    {
        if (Host == Auto)
        {
            return await WayToAsync(servers, cancellationToken);
        }

        IPAddress[] addresses = IPAddress.TryParse(Host, out IPAddress? known) ? [known] : await AddressesAsync(Host, cancellationToken);
        IPAddress address = addresses.FirstOrDefault(IsOfThisMachine) ?? throw new ClusterException(
            $"--listen {Host}: {(addresses is [var other, ..] ? $"{other} is no address of this machine. 'auto' finds one." : "the name leads to no address.")}");
        return address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any)
            ? throw new ClusterException($"--listen {Host}: other processes need the one address at which they reach this one. 'auto' finds it.")
            : address;
    }

    private static bool IsOfThisMachine(IPAddress address)
    {
        try
        {
            using var socket = new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
            socket.Bind(new IPEndPoint(address, 0));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    // Nothing is sent: the system says from which address it would.
    private static async Task<IPAddress> WayToAsync(IReadOnlyList<DnsEndPoint> servers, CancellationToken cancellationToken)
    {
        foreach (DnsEndPoint server in servers)
        {
            foreach (IPAddress address in await AddressesAsync(server.Host, cancellationToken))
            {
                try
                {
                    using var socket = new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
                    await socket.ConnectAsync(new IPEndPoint(address, server.Port), cancellationToken);
                    return ((IPEndPoint)socket.LocalEndPoint!).Address;
                }
                catch (SocketException)
                {
                    // Another address may do.
                }
            }
        }

        throw new ClusterException(
            servers.Count == 0
                ? "--listen auto: PostgreSQL is reached by a socket of this machine, which tells no address. Name one."
                : "--listen auto: no way leads to PostgreSQL. Name the address.");
    }

    // The older family first: what reaches a server by it reaches the others, too.
    private static async Task<IPAddress[]> AddressesAsync(string host, CancellationToken cancellationToken)
    {
        try
        {
            return [.. (await Dns.GetHostAddressesAsync(host, cancellationToken)).OrderBy(address => address.AddressFamily == AddressFamily.InterNetwork ? 0 : 1)];
        }
        catch (SocketException)
        {
            return [];
        }
    }
}
