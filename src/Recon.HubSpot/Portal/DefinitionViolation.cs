namespace Recon.HubSpot.Portal;

/// <summary>What an account would refuse of what a definition makes.</summary>
/// <param name="Node">The record of the definition that it is about.</param>
/// <param name="Member">One of its members; <see langword="null"/> for the record.</param>
internal sealed record DefinitionViolation(PortalViolation Violation, object Node, string? Member);
