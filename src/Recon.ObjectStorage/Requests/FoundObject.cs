namespace Recon.ObjectStorage.Requests;

/// <summary>What an object is when it is looked at.</summary>
/// <param name="Head">Its first bytes, four where there are as many.</param>
internal sealed record FoundObject(long Length, string EntityTag, ReadOnlyMemory<byte> Head);
