using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Recon.Postgres.Push;

namespace Recon.Push.Planning;

/// <summary>
/// SHA-256 over all that a plan is to write where, and of what was there before: each text with its length before it, names in
/// ordinal order, so that no two plans have the same form. Approvals are bound to it, and a push computes it again.
/// </summary>
internal sealed class PlanHash : IDisposable
{
    private const string Version = "recon plan 1";

    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    public PlanHash(long portal)
    {
        Add(Version);
        Add(portal);
    }

    /// <summary>Items come first, in order.</summary>
    public void Add(PlannedItem item)
    {
        Add("item");
        Add(item.Pipeline);
        Add(item.ObjectType);
        Add(item.HubspotId);
        Add(item.LegacyId);
        Add(item.Properties.Count);
        foreach ((string name, string value) in item.Properties.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            Add(name);
            Add(value);
            Add(item.Before.GetValueOrDefault(name));
        }
    }

    /// <summary>Associations follow, in order.</summary>
    public void Add(PlannedLink link)
    {
        Add("link");
        Add(link.Pipeline);
        Add(link.Lookup);
        Add(link.FromType);
        Add(link.FromId);
        Add(link.ToType);
        Add(link.ToId);
        Add(link.LegacyId);
    }

    /// <returns>64 hexadecimal digits.</returns>
    public string End() => Convert.ToHexStringLower(_hash.GetHashAndReset());

    public void Dispose() => _hash.Dispose();

    private void Add(long number)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(bytes, number);
        _hash.AppendData(bytes);
    }

    private void Add(string? text)
    {
        if (text is null)
        {
            Add(-1);
            return;
        }

        byte[] bytes = Encoding.UTF8.GetBytes(text);
        Add(bytes.Length);
        _hash.AppendData(bytes);
    }
}
