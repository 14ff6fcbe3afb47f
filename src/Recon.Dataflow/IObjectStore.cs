namespace Recon.Dataflow;

/// <summary>
/// Object storage from which inputs are read (<c>s3://BUCKET/KEY</c>, <c>https://…</c>): the package Recon.ObjectStorage has one.
/// Only recon's own packages implement it.
/// </summary>
public interface IObjectStore
{
    /// <summary>Looks at an object, by a request for its first bytes.</summary>
    /// <returns>What it is now; all that is read of it later is of this content.</returns>
    /// <exception cref="Exception">There is none that can be used (an InputException), or the storage does not answer.</exception>
    internal ValueTask<StoredObject> FindAsync(ObjectAddress address, CancellationToken cancellationToken);
}
