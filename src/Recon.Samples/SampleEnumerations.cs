namespace Recon.Samples;

/// <summary>The enumerations of the sample, as the file and as HubSpot spell them.</summary>
internal static class SampleEnumerations
{
    public static IReadOnlyList<(string Legacy, string Hubspot)> CompanyTypes { get; } =
        [("Client", "Customer"), ("Fournisseur", "Supplier"), ("Partenaire", "Agent")];

    /// <summary><c>Comm_Type</c> to <c>hs_engagement_type</c>.</summary>
    public static IReadOnlyList<(string Legacy, string Hubspot)> CommunicationTypes { get; } =
        [("Appointment", "MEETING"), ("Email", "EMAIL"), ("Call", "CALL"), ("Task", "TASK")];

    /// <summary><c>Comm_Action</c> to <c>hs_call_direction</c>; the other actions are no calls and have none.</summary>
    public static IReadOnlyList<(string Legacy, string Hubspot)> CallDirections { get; } =
        [("PhoneOut", "OUTBOUND"), ("PhoneIn", "INBOUND")];

    /// <summary><c>Oppo_Stage</c>; HubSpot spells it the same.</summary>
    public static IReadOnlyList<string> Stages { get; } =
        ["Identification", "Qualified", "Evaluation technique", "Construction offre", "Negotiating"];

    /// <summary><c>Oppo_Status</c>; HubSpot spells it the same.</summary>
    public static IReadOnlyList<string> DealStatuses { get; } = ["In Progress", "Won", "Lost", "Abandonne", "NoGo", "Sleap"];

    /// <summary><c>Comm_Status</c>; HubSpot spells it the same.</summary>
    public static IReadOnlyList<string> CommunicationStatuses { get; } = ["Pending", "Complete", "Canceled", "In Progress"];
}
