using Recon.Dataflow;
using Recon.ObjectStorage.Addresses;
using Recon.ObjectStorage.Requests;

namespace Recon.ObjectStorage;

/// <summary>An object that is read by range requests.</summary>
internal sealed class RangedObject(RangeClient client, ObjectTarget target, FoundObject found)
    : StoredObject(target.Name, found.Length, found.EntityTag, found.Head)
{
    public override Stream OpenRead() => new RangeStream(client, target, found);
}
