// The template validator of aws-cdk-lib loads for more than a second in each test file; one test of the constructs turns it on again.
process.env.CDK_VALIDATION ??= 'false';

// Node.js 20 is supported on purpose; its end of life is no finding of a test.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
