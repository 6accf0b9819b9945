import pulumi
import pulumi_azure_certificates as azure_certificates

config = pulumi.Config()

# A key pair and a certificate for the deployment pipeline: valid for a year, due after eight months.
pipeline = azure_certificates.ManagementCertificate("pipeline", organization="Contoso")

# Each subscription accepts it and, for a week after every rotation, its predecessor.
links = [
    azure_certificates.SubscriptionCertificateLink(
        f"pipeline-{index + 1}",
        subscription_id=subscription_id,
        certificate={
            "certificate_pem": pipeline.certificate_pem,
            "previous": pipeline.previous,
            "overlap_hours": pipeline.overlap_hours,
        },
    )
    for index, subscription_id in enumerate(config.require_object("subscriptions"))
]

# The key, once every subscription accepts it. Secret.
pulumi.export(
    "handedOut",
    pulumi.Output.all(pipeline.private_key_pem, *[link.registered for link in links]).apply(lambda known: known[0]),
)
pulumi.export("thumbprint", pipeline.thumbprint)
pulumi.export("renewalTime", pipeline.renewal_time)
