namespace Recon.Dataflow;

/// <summary>An object as it was when it was looked at.</summary>
/// <param name="name">Its address without the query, which may be a secret.</param>
/// <param name="length">Its size in bytes.</param>
/// <param name="entityTag">Its ETag, a strong one, as the storage writes it: another content has another one.</param>
/// <param name="head">Its first bytes, four where there are as many.</param>
internal abstract class StoredObject(string name, long length, string entityTag, ReadOnlyMemory<byte> head)
{
    public string Name => name;

    public long Length => length;

    public string EntityTag => entityTag;

    public ReadOnlyMemory<byte> Head => head;

    /// <summary>
    /// Opens it: a stream that seeks, is read asynchronously only, and fails when the object is not the same any more. Nothing is
    /// asked of the storage before the first read.
    /// </summary>
    public abstract Stream OpenRead();
}
