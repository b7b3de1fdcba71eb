# One image for every role: its argument is a command of the program, such as `run --roles oco-manager ...`.

FROM node:20-bookworm-slim AS build
WORKDIR /src
COPY . .
RUN npm ci --ignore-scripts --no-audit --no-fund \
  && npm run -s bundle \
  && cd dist/bundle \
  && npm ci --omit=dev --ignore-scripts --no-audit --no-fund

FROM node:20-bookworm-slim
ENV NODE_ENV=production
# Most processes of a desk are idle most of the time: a small young generation saves each of them 15 MB.
ENV NODE_OPTIONS=--max-semi-space-size=2
WORKDIR /app
COPY --from=build /src/dist/bundle ./
# Where volumes are mounted: a new one takes over whose it is. Nothing else is written to.
RUN mkdir /data && chown 1000:1000 /data
USER 1000:1000
ENTRYPOINT ["node", "bowline.mjs"]
CMD ["--help"]
