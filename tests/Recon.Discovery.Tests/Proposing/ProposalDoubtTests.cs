using Recon.Dataflow.Batches;
using Recon.Discovery.Proposing;
using Recon.Testing;

namespace Recon.Discovery.Tests.Proposing;

/// <summary>What a proposal must not state as certain, and must not tell.</summary>
public sealed class ProposalDoubtTests(PostgresServer server) : ProposingTests(server)
{
    private const string Companies = "create schema hubspot; create table hubspot.companies as select 5000000000 + n as hs_object_id, n as legacy_id, 'Firm ' || md5(n::text) as name";

    [Theory]
    [InlineData(";Id;Nom", "", "")]
    [InlineData("Nom;;Id", "{1};;{0}", "")]
    [InlineData("Nom;;;Id;Deleted", "{1};;;{0};0", "Deleted")]
    public async Task ProposeAsync_AColumnWithoutNameAndValuesBeforeOthers_ReadsTheOthers(string header, string format, string excluded)
    {
        await Database.ExecuteAsync($"{Companies} from generate_series(1, 200) n");
        string[] names = await NamesAsync("select 'Firm ' || md5(n::text) from generate_series(1, 200) n");

        PipelineProposal proposal = await ProposeAsync(
            header, names.Select((name, at) => (format.Length == 0 ? ";{0};{1}" : format).Replace("{0}", $"{at + 1}", StringComparison.Ordinal).Replace("{1}", name, StringComparison.Ordinal)));

        string text = ProposalText.Of(proposal);
        Assert.True(proposal.Id is { Column: "Id", Key: "legacy_id", Shared: 200 }, text);
        Assert.True(proposal.Properties is [{ Definition: { Property: "name", Column: "Nom" }, Agree: 200 }], text);
        Assert.Equal(excluded, string.Concat(proposal.Exclude.Select(filter => filter.Column)));
    }

    [Fact]
    public async Task ProposeAsync_AFewIdsThatMeetOnlyWithoutZeros_StayApartUnlessTheyAgree()
    {
        await Database.ExecuteAsync("create schema hubspot; create table hubspot.companies as select 5000000000 + n as hs_object_id, n::text as legacy_id, 'Firm ' || md5(n::text) as name from generate_series(1, 200) n");
        string[] records = await NamesAsync("select n || ';Firm ' || md5(n::text) from generate_series(1, 190) n");

        PipelineProposal proposal = await ProposeAsync("Id;Nom", [.. records, "0191;Firm A", "0192;Firm B", "0193;Firm C", "0194;Firm D"]);

        string text = ProposalText.Of(proposal);
        Assert.True(proposal.Id is { Form: IdForm.Exact, IsCertain: false, Asked: 194, Shared: 190 }, text);
        Question question = Assert.Single(proposal.Questions, question => question.Subject == "idForm");
        Assert.Equal(IdForm.NoLeadingZeros, question.Options[1].Apply(proposal).Id.Form);
    }

    [Fact]
    public async Task ProposeAsync_IdsOfTheFileThatDifferByZeros_AreNotMerged()
    {
        await Database.ExecuteAsync("create schema hubspot; create table hubspot.companies as select 5000000000 + n as hs_object_id, n::text as legacy_id, 'Firm ' || md5(n::text) as name from generate_series(1, 200) n");
        string[] records = await NamesAsync("select n || ';Firm ' || md5(n::text) from generate_series(1, 180) n union all select '0' || n || ';Firm ' || md5(n::text) from generate_series(170, 200) n");

        PipelineProposal proposal = await ProposeAsync("Id;Nom", records);

        Assert.True(proposal.Id is { Form: IdForm.Exact, IsCertain: false, Asked: 211, Shared: 180 }, ProposalText.Of(proposal));
    }

    [Fact]
    public async Task ProposeAsync_IdsThatMeetWithoutZerosAndAgree_AreCertain()
    {
        await Database.ExecuteAsync("create schema hubspot; create table hubspot.companies as select 5000000000 + n as hs_object_id, n::text as legacy_id, 'Firm ' || md5(n::text) as name from generate_series(1, 200) n");
        string[] records = await NamesAsync("select case when n % 2 = 0 then '0' else '' end || n || ';Firm ' || md5(n::text) from generate_series(1, 200) n");

        PipelineProposal proposal = await ProposeAsync("Id;Nom", records);

        Assert.True(proposal.Id is { Form: IdForm.NoLeadingZeros, IsCertain: true, Asked: 200, Shared: 200 }, ProposalText.Of(proposal));
    }

    [Theory]
    [InlineData("Nom", 65, true)]
    [InlineData("Nom", 50, false)]
    [InlineData("Colonne 7", 85, true)]
    [InlineData("Colonne 7", 65, false)]
    [InlineData("Parent_Company_Name", 85, false)]
    [InlineData("Ancien nom", 85, false)]
    public async Task ProposeAsync_AShareOfThePairsAgrees_IsCertainWithANameOrMore(string header, int percent, bool isCertain)
    {
        await Database.ExecuteAsync($"{Companies}, md5('c' || n) as code_interne from generate_series(1, 400) n");
        string[] records = await NamesAsync($"select n || ';' || case when n % 100 < {percent} then 'Firm ' else 'Other ' end || md5(n::text) || ';' || md5('c' || n) from generate_series(1, 400) n");

        PipelineProposal proposal = await ProposeAsync($"Id;{header};Code interne", records);

        Assert.True(Assert.Single(proposal.Properties, property => property.Definition.Property == "name").IsCertain == isCertain, ProposalText.Of(proposal));
    }

    [Fact]
    public async Task ProposeAsync_AnotherColumnHasTheBetterName_IsNotCertain()
    {
        await Database.ExecuteAsync($"{Companies}, md5('c' || n) as code_interne from generate_series(1, 400) n");
        string[] records = await NamesAsync("select n || ';' || case when n % 100 < 85 then 'Firm ' else 'Other ' end || md5(n::text) || ';Legal ' || md5('l' || n) || ';' || md5('c' || n) from generate_series(1, 400) n");

        PipelineProposal proposal = await ProposeAsync("Id;Zone 12;Name;Code interne", records);

        PropertyProposal name = Assert.Single(proposal.Properties, property => property.Definition.Property == "name");
        Assert.False(name.IsCertain, ProposalText.Of(proposal));
        Assert.Contains("Name is called more like it", name.Evidence, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("false", "boolean", "archived = false")]
    [InlineData("null", "boolean", "")]
    [InlineData("'False'", "text", "archived = False")]
    [InlineData("case when n % 3 = 0 then 'no' else 'maybe' end", "text", "")]
    [InlineData("case when n % 3 = 0 then false end", "boolean", "")]
    public async Task ProposeAsync_ArchivedColumn_IsAFilterOnlyWhereMostRecordsSayNo(string sql, string type, string filter)
    {
        await Database.ExecuteAsync($"{Companies}, ({sql})::{type} as archived from generate_series(1, 200) n");
        string[] names = await NamesAsync("select 'Firm ' || md5(n::text) from generate_series(1, 200) n");

        PipelineProposal proposal = await ProposeAsync("Id;Nom", names.Select((name, at) => $"{at + 1};{name}"));

        Assert.Equal(filter, string.Concat(proposal.Where.Select(where => $"{where.Column} = {where.EqualTo}")));
        Assert.Contains(filter.Length == 0 ? "200 records that were compared" : "archived", Assert.Single(proposal.MirrorUnmapped, column => column.Column == "archived").Why, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ProposeAsync_RareValuesOfAMap_AreCountedAndNotTold()
    {
        await Database.ExecuteAsync($"{Companies}, case n % 3 when 0 then 'CUSTOMER' when 1 then 'SUPPLIER' else 'AGENT' end as type from generate_series(1, 300) n");
        string[] records = await NamesAsync("select n || ';Firm ' || md5(n::text) || ';' || case when n > 298 then 'Voir Mme Dupont, tel 0612345678' when n % 3 = 0 then 'Client' when n % 3 = 1 then 'Fournisseur' else 'Partenaire' end from generate_series(1, 300) n");

        PipelineProposal proposal = await ProposeAsync("Id;Nom;Type", records);

        PropertyProposal type = Assert.Single(proposal.Properties, property => property.Definition.Property == "type");
        Assert.Equal(3, type.Map.Count);
        Assert.Contains("1 other value", type.Evidence, StringComparison.Ordinal);
        Assert.DoesNotContain("Dupont", ProposalText.Of(proposal), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ProposeAsync_ConstantWithoutPairs_SaysNoNaN()
    {
        await Database.ExecuteAsync($"{Companies}, null::text as city from generate_series(1, 200) n");
        string[] records = await NamesAsync("select n || ';Firm ' || md5(n::text) || ';Lille' from generate_series(1, 200) n");

        PipelineProposal proposal = await ProposeAsync("Id;Nom;Ville", records);

        Assert.DoesNotContain("NaN", ProposalText.Of(proposal), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ProposeAsync_ColumnsOfTheSameName_AreNeverInTheDefinition()
    {
        await Database.ExecuteAsync($"{Companies}, md5('c' || n) as city from generate_series(1, 200) n");
        string[] records = await NamesAsync("select n || ';Firm ' || md5(n::text) || ';' || md5('c' || n) || ';x' || n || ';' || n from generate_series(1, 200) n");

        PipelineProposal proposal = await ProposeAsync("Id;Nom;City;CITY;Ref", records);

        string text = ProposalText.Of(proposal);
        Assert.True(Assert.Single(proposal.Properties, property => property.Definition.Property == "city") is { IsActive: false, IsCertain: false }, text);
        Assert.Contains("several columns of this name", Assert.Single(proposal.Unmapped, column => column.Column == "CITY").Why, StringComparison.Ordinal);
        Assert.True(Assert.Single(proposal.Properties, property => property.Definition.Property == "name") is { IsCertain: true }, text);
    }

    [Fact]
    public async Task ProposeAsync_TheIdsColumnIsThereTwice_TakesNeither()
    {
        await Database.ExecuteAsync($"{Companies}, 'C' || md5('c' || n) as code from generate_series(1, 200) n");
        string[] records = await NamesAsync("select n || ';Firm ' || md5(n::text) || ';C' || md5('c' || n) || ';' || n from generate_series(1, 200) n");

        PipelineProposal proposal = await ProposeAsync("Id;Nom;Code;ID", records);

        Assert.Equal("code", proposal.Id.Key);
    }

    [Fact]
    public async Task ProposeAsync_CapitalsInTheMirror_ArePropertiesInLowerCaseOnce()
    {
        await Database.ExecuteAsync("create schema hubspot; create table hubspot.companies as select 5000000000 + n as hs_object_id, n as legacy_id, 'Firm ' || md5(n::text) as \"Name\", md5('c' || n) as property_code, md5('c' || n) as code from generate_series(1, 200) n");
        string[] records = await NamesAsync("select n || ';Firm ' || md5(n::text) || ';' || md5('c' || n) from generate_series(1, 200) n");

        PipelineProposal proposal = await ProposeAsync("Id;Nom;Code", records);

        Assert.True(Assert.Single(proposal.Properties, property => property.Definition.Column == "Nom").Definition is { Property: "name", MirrorColumn: "Name" }, ProposalText.Of(proposal));
        Assert.Single(proposal.Properties, property => property.Definition.Property == "code");
    }

    [Theory]
    [InlineData("hs_something_new", false)]
    [InlineData("hs_language", true)]
    [InlineData("something_new", true)]
    public async Task ProposeAsync_APropertyOfHubspotThatReconDoesNotKnow_IsNotCertain(string property, bool isCertain)
    {
        await Database.ExecuteAsync($"{Companies}, md5('c' || n) as {property} from generate_series(1, 200) n");
        string[] records = await NamesAsync("select n || ';Firm ' || md5(n::text) || ';' || md5('c' || n) from generate_series(1, 200) n");

        PipelineProposal proposal = await ProposeAsync("Id;Nom;Code", records);

        Assert.True(Assert.Single(proposal.Properties, each => each.Definition.Column == "Code").IsCertain == isCertain, ProposalText.Of(proposal));
    }

    [Theory]
    [InlineData("hs_body_preview")]
    [InlineData("hs_body_preview_html")]
    [InlineData("hubspotscore")]
    [InlineData("hs_exchange_rate")]
    [InlineData("associatedcompanylastupdated")]
    [InlineData("currentlyinworkflow")]
    [InlineData("hs_marketable_status")]
    [InlineData("hs_primary_associated_company")]
    [InlineData("hs_marketable_until_renewal")]
    [InlineData("hs_amount_in_home_currency")]
    [InlineData("hs_last_sales_activity_timestamp")]
    [InlineData("hs_currently_enrolled_in_prospecting_agent")]
    public void WhyNotWritable_OfACalculatedProperty_SaysSo(string property)
        => Assert.NotNull(HubspotProperty.WhyNotWritable($"properties_{property.ToUpperInvariant()}"));

    [Theory]
    [InlineData("name")]
    [InlineData("hs_lead_status")]
    [InlineData("hs_language")]
    [InlineData("hs_note_body")]
    [InlineData("hs_call_duration")]
    [InlineData("hs_timestamp")]
    [InlineData("hs_communication_body")]
    [InlineData("lifecyclestage")]
    public void WhyNotWritable_OfAPropertyThatMayBeWritten_IsNothing(string property)
        => Assert.True(HubspotProperty.WhyNotWritable(property) is null && HubspotProperty.WhyDoubtful(property) is null);
}
